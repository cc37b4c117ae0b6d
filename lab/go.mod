module github.com/stompwire/stomp/lab

go 1.25

require (
	github.com/coder/websocket v1.8.15
	github.com/go-stomp/stomp/v3 v3.1.5
	github.com/stompwire/stomp v0.0.0
	github.com/stompwire/stomp/examples v0.0.0
)

require pgregory.net/rapid v1.3.0 // indirect

replace (
	github.com/stompwire/stomp => ../
	github.com/stompwire/stomp/examples => ../examples
)
