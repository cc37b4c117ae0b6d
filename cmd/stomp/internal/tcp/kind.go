package tcp

import "fmt"

// A Kind is what a packet is.
type Kind struct {
	name   string
	number uint16 // of what there are several
}

// The kinds that matter. Packets of any other kind are not looked into.
var (
	TCP      = Kind{name: "TCP"}
	Short    = Kind{name: "it is too short for its headers"}
	Deep     = Kind{name: "too many packets are inside of each other"}
	Fragment = Kind{name: "it is a fragment of an IP packet; fragments are not reassembled"}
)

// Wrong says what is wrong with a packet, "" when nothing is.
func (k Kind) Wrong() string {
	switch k {
	case Short, Deep, Fragment:
		return k.name
	}
	return ""
}

// names are those of protocols that are seen often.
var names = map[Kind]string{
	{"Ethernet type", typeARP}: "ARP",
	{"Ethernet type", 0x88cc}:  "LLDP",
	{"Ethernet type", 0x88e5}:  "MACsec (encrypted)",
	{"IP protocol", 1}:         "ICMP",
	{"IP protocol", 2}:         "IGMP",
	{"IP protocol", protoUDP}:  "UDP",
	{"IP protocol", protoGRE}:  "GRE of another version",
	{"IP protocol", 50}:        "ESP (encrypted)",
	{"IP protocol", 58}:        "ICMPv6",
	{"IP protocol", 132}:       "SCTP",
}

func (k Kind) String() string {
	switch {
	case names[k] != "":
		return names[k]
	case k.name == "Ethernet type" && k.number == 0:
		return "no IP"
	case k.name == "Ethernet type" && k.number < 0x0600:
		return "LLC"
	case k.name == "Ethernet type":
		return fmt.Sprintf("Ethernet type 0x%04x", k.number)
	case k.number != 0:
		return fmt.Sprintf("%s %d", k.name, k.number)
	}
	return k.name
}
