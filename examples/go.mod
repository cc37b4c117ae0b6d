module github.com/stompwire/stomp/examples

go 1.25

require (
	github.com/coder/websocket v1.8.15
	github.com/stompwire/stomp v0.0.0
	go.uber.org/goleak v1.3.0
)

require github.com/stretchr/testify v1.11.1 // indirect

replace github.com/stompwire/stomp => ../
