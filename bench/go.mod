module github.com/stompwire/stomp/bench

go 1.25

require (
	github.com/go-stomp/stomp/v3 v3.1.5
	github.com/stompwire/stomp v0.0.0
)

replace github.com/stompwire/stomp => ../
