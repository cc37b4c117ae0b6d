module github.com/stompwire/stomp/cmd/stomp

go 1.25

require github.com/stompwire/stomp v0.0.0

replace github.com/stompwire/stomp => ../..
