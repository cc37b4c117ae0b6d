// Large writes a large capture to standard output, to measure with: of so many
// megabytes, 1000 without an argument.
package main

import (
	"bufio"
	"log"
	"os"
	"strconv"

	"github.com/stompwire/stomp/cmd/stomp/internal/craft"
)

func main() {
	megabytes := int64(1000)
	if len(os.Args) > 1 {
		n, err := strconv.ParseInt(os.Args[1], 10, 32)
		if err != nil {
			log.Fatal(err)
		}
		megabytes = n
	}
	w := bufio.NewWriterSize(os.Stdout, 1<<20)
	craft.Large(w, megabytes*1e6)
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}
