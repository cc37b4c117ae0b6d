module github.com/stompwire/stomp/cmd/stomp

go 1.25

require github.com/stompwire/stomp v0.0.0

require github.com/coder/websocket v1.8.15

replace github.com/stompwire/stomp => ../..
