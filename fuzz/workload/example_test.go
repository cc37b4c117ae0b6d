package workload_test

import (
	"fmt"

	"github.com/stompwire/stomp/fuzz/workload"
)

// A benchmark reads these streams.
func ExampleAll() {
	for w := range workload.All() {
		stream, frames := w.Stream(1 << 20)
		fmt.Println(w.Name, len(stream) >= 1<<20, frames)
	}
	// Output:
	// ack true 32768
	// telemetry true 5891
	// orders true 1200
	// text4k true 253
	// blob64k true 16
}
