// Gostompserver runs the server of go-stomp on an address of loopback.
package main

import (
	"log"
	"os"

	"github.com/go-stomp/stomp/v3/server"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: gostompserver ADDRESS")
	}
	log.Fatal(server.ListenAndServe(os.Args[1]))
}
