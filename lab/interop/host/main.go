// Host runs the broker of examples/broker and says what it costs: for each line
// of standard input it prints one JSON object with the number of goroutines and
// the bytes of memory. It ends with its input.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/stompwire/stomp/examples/broker/server"
)

// Cost is what is printed.
type Cost struct {
	Goroutines int    `json:"goroutines"`
	Heap       uint64 `json:"heap"`   // bytes of objects, after a collection
	Stacks     uint64 `json:"stacks"` // bytes
}

func main() {
	s := server.New(server.Config{
		Logins:         map[string]string{"guest": "guest"},
		ConnectTimeout: 3 * time.Second, // so that a run does not take long
		CloseTimeout:   2 * time.Second,
	})
	tcp, web := listen(), listen()
	fmt.Printf("listening tcp %v\nlistening ws ws://%v/ws\n", tcp.Addr(), web.Addr())
	go func() { log.Fatal(s.ServeTCP(tcp)) }()
	go func() { log.Fatal(http.Serve(web, s)) }()

	out := json.NewEncoder(os.Stdout)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		debug.FreeOSMemory()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if err := out.Encode(Cost{runtime.NumGoroutine(), m.HeapAlloc, m.StackInuse}); err != nil {
			log.Fatal(err)
		}
	}
}

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	return l
}
