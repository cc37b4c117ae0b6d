module github.com/stompwire/stomp/testdata/peers/drivers/gostomp

go 1.25

require github.com/go-stomp/stomp/v3 v3.1.5
