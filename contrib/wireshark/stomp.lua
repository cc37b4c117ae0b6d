-- Wireshark dissector for STOMP 1.0, 1.1 and 1.2, over TCP and WebSocket.
--
-- Copy this file into the folder that Wireshark shows under Help, About, Folders,
-- "Personal Lua Plugins", or run: wireshark -X lua_script:stomp.lua
--
-- Filters: stomp, stomp.command == "SEND", stomp.destination contains "/queue/",
-- stomp.header.name == "receipt", stomp.body contains "hello".

local stomp = Proto("stomp", "Simple Text Oriented Messaging Protocol")

local f = stomp.fields
f.command = ProtoField.string("stomp.command", "Command")
f.header = ProtoField.string("stomp.header", "Header")
f.name = ProtoField.string("stomp.header.name", "Name")
f.value = ProtoField.string("stomp.header.value", "Value")
f.body = ProtoField.bytes("stomp.body", "Body")
f.text = ProtoField.string("stomp.text", "Text")
f.offset = ProtoField.uint32("stomp.body.length", "Body length")
f.heartbeats = ProtoField.uint32("stomp.heartbeats", "Heart-beats")
f.version = ProtoField.string("stomp.version.agreed", "Version")

-- Headers that have a field of their own, to filter by.
local own = {
	"destination", "subscription", "id", "ack", "receipt", "receipt-id", "message-id",
	"transaction", "content-type", "content-length", "heart-beat", "accept-version",
	"version", "session", "server", "host", "login", "message", "selector",
}
for _, name in ipairs(own) do
	f[name] = ProtoField.string("stomp." .. name:gsub("-", "_"), name)
end

local e = stomp.experts
e.malformed = ProtoExpert.new("stomp.malformed", "Not STOMP", expert.group.MALFORMED, expert.severity.ERROR)
e.error = ProtoExpert.new("stomp.error", "ERROR frame", expert.group.RESPONSE_CODE, expert.severity.WARN)

stomp.prefs.ports = Pref.range("TCP ports", "61613", "TCP ports on which STOMP is expected", 65535)
stomp.prefs.secrets = Pref.bool("Show passcodes", false, "Show the value of passcode, and not ***")

-- true: a client's frame
local commands = {
	CONNECT = true, STOMP = true, SEND = true, SUBSCRIBE = true, UNSUBSCRIBE = true, ACK = true,
	NACK = true, BEGIN = true, COMMIT = true, ABORT = true, DISCONNECT = true,
	CONNECTED = false, MESSAGE = false, RECEIPT = false, ERROR = false,
}
-- Bodies that content-length counts, so that they may have NULs in them.
local counted = { SEND = true, MESSAGE = true, ERROR = true }
local longest = #"UNSUBSCRIBE"

local stream_of = Field.new("tcp.stream")
local offered, agreed -- versions, by stream

function stomp.init()
	offered, agreed = {}, {}
end

local LF, CR, NUL = 10, 13, 0

-- find returns the offset of a byte from a place on, nil when it is not there.
local function find(tvb, byte, from)
	local bytes = tvb:bytes(from, tvb:len() - from):raw()
	local i = bytes:find(string.char(byte), 1, true)
	return i and from + i - 1
end

-- version returns the version in which a frame is read.
local function version(stream)
	return agreed[stream] or offered[stream] or "1.2"
end

local escapes = { n = "\n", c = ":", ["\\"] = "\\", r = "\r" }

local function unescaped(s, command, v)
	if v == "1.0" or command == "CONNECT" or command == "STOMP" or command == "CONNECTED" then
		return s
	end
	return (s:gsub("\\(.)", function(c)
		if c == "r" and v == "1.1" then
			return nil
		end
		return escapes[c]
	end))
end

local function highest(list)
	local best
	for v in list:gmatch("[^,]+") do
		if (v == "1.0" or v == "1.1" or v == "1.2") and (not best or v > best) then
			best = v
		end
	end
	return best or "1.2"
end

-- measure returns where the parts of a frame are, nil when more has to come, and
-- false when it is none.
local function measure(tvb, at)
	local len = tvb:len()
	local frame = { at = at, lines = {} }
	local eol = find(tvb, LF, at)
	if not eol then
		if len - at > longest + 1 then
			return false
		end
		return nil
	end
	local last = eol
	if last > at and tvb(last - 1, 1):uint() == CR then
		last = last - 1
	end
	if last - at > longest then
		return false
	end
	frame.command = tvb:raw(at, last - at)
	if commands[frame.command] == nil then
		return false
	end
	local pos = eol + 1
	local size
	while true do
		eol = find(tvb, LF, pos)
		if not eol then
			return nil
		end
		last = eol
		if last > pos and tvb(last - 1, 1):uint() == CR then
			last = last - 1
		end
		if last == pos then
			break
		end
		local line = tvb:raw(pos, last - pos)
		local colon = line:find(":", 1, true)
		if not colon then
			return false
		end
		table.insert(frame.lines, { at = pos, len = last - pos, colon = colon - 1 })
		if line:sub(1, colon - 1) == "content-length" and not size then
			size = tonumber(line:sub(colon + 1))
		end
		pos = eol + 1
	end
	frame.body = eol + 1
	if size and counted[frame.command] then
		if frame.body + size >= len then
			return nil
		end
		frame.stop = frame.body + size
		if tvb(frame.stop, 1):uint() ~= NUL then
			return false
		end
	else
		frame.stop = find(tvb, NUL, frame.body)
		if not frame.stop then
			return nil
		end
	end
	return frame
end

-- learn takes what a handshake says of the version.
local function learn(stream, frame, tvb)
	local said
	local name = frame.command == "CONNECTED" and "version" or "accept-version"
	for _, l in ipairs(frame.lines) do
		local line = tvb:raw(l.at, l.len)
		if line:sub(1, l.colon) == name and not said then
			said = line:sub(l.colon + 2)
		end
	end
	if frame.command == "CONNECTED" then
		agreed[stream] = said and highest(said) or "1.0"
	elseif frame.command == "CONNECT" or frame.command == "STOMP" then
		offered[stream] = said and highest(said) or "1.0"
	end
end

-- show adds a frame to the tree and returns a summary.
local function show(tvb, tree, frame, v)
	local range = tvb(frame.at, frame.stop + 1 - frame.at)
	local t = tree:add(stomp, range, "STOMP " .. frame.command)
	t:add(f.command, tvb(frame.at, #frame.command), frame.command)
	local summary = frame.command
	for _, l in ipairs(frame.lines) do
		local line = tvb:raw(l.at, l.len)
		local name = unescaped(line:sub(1, l.colon), frame.command, v)
		local value = unescaped(line:sub(l.colon + 2), frame.command, v)
		if name == "passcode" and not stomp.prefs.secrets then
			value = "***"
		end
		local h = t:add(f.header, tvb(l.at, l.len), name .. ": " .. value)
		h:add(f.name, tvb(l.at, l.colon), name)
		h:add(f.value, tvb(l.at + l.colon + 1, l.len - l.colon - 1), value)
		if f[name] then
			t:add(f[name], tvb(l.at + l.colon + 1, l.len - l.colon - 1), value):set_hidden()
		end
		if name == "destination" or name == "receipt-id" or name == "message" then
			summary = summary .. " " .. value
		end
	end
	local size = frame.stop - frame.body
	t:add(f.offset, size):set_generated()
	if size > 0 then
		t:add(f.body, tvb(frame.body, size))
		local text = tvb:raw(frame.body, size)
		if not text:find("[%z\1-\8\14-\31]") then
			t:add(f.text, tvb(frame.body, size), text)
		end
	end
	t:add(f.version, v):set_generated()
	if frame.command == "ERROR" then
		t:add_proto_expert_info(e.error)
	end
	return summary
end

-- dissect reads the frames of a buffer and returns how far it came. Where a frame
-- is not complete, wait says whether more may come.
local function dissect(tvb, pinfo, tree, wait)
	local stream = stream_of() and stream_of().value or 0
	local at, len = 0, tvb:len()
	local summaries = {}
	while at < len do
		local first = tvb(at, 1):uint()
		if first == LF or first == CR then
			local from, beats = at, 0
			while at < len and (tvb(at, 1):uint() == LF or tvb(at, 1):uint() == CR) do
				if tvb(at, 1):uint() == LF then
					beats = beats + 1
				end
				at = at + 1
			end
			if #summaries > 0 then
				beats = beats - 1 -- the end of line that belongs to the frame
			end
			if beats > 0 then
				tree:add(stomp, tvb(from, at - from), "STOMP heart-beats"):add(f.heartbeats, tvb(from, at - from), beats)
				table.insert(summaries, "heart-beat")
			end
		else
			local frame = measure(tvb, at)
			if frame == nil and wait then
				pinfo.desegment_offset = at
				pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
				break
			elseif not frame then
				local t = tree:add(stomp, tvb(at, len - at), "STOMP, not a whole frame")
				if frame == false then
					t:add_proto_expert_info(e.malformed)
				end
				at = len
				break
			end
			if not pinfo.visited then
				learn(stream, frame, tvb)
			end
			table.insert(summaries, show(tvb, tree, frame, version(stream)))
			at = frame.stop + 1
		end
	end
	pinfo.cols.protocol = "STOMP"
	if #summaries > 0 then
		pinfo.cols.info = table.concat(summaries, ", ", 1, math.min(#summaries, 4)) .. (#summaries > 4 and ", ..." or "")
	end
	return len
end

function stomp.dissector(tvb, pinfo, tree)
	return dissect(tvb, pinfo, tree, true)
end

-- In a WebSocket a frame is not put together from several messages.
local in_socket = Proto("stomp_ws", "STOMP in WebSocket")
function in_socket.dissector(tvb, pinfo, tree)
	return dissect(tvb, pinfo, tree, false)
end

local tcp_ports = DissectorTable.get("tcp.port")
local ports_now = ""
local function listen()
	if ports_now ~= stomp.prefs.ports then
		if ports_now ~= "" then
			tcp_ports:remove(ports_now, stomp)
		end
		ports_now = stomp.prefs.ports
		tcp_ports:add(ports_now, stomp)
	end
end
listen()
stomp.prefs_changed = listen

local protocols = DissectorTable.get("ws.protocol")
for _, v in ipairs({ "v10.stomp", "v11.stomp", "v12.stomp" }) do
	protocols:add(v, in_socket)
end

-- On other ports a connection is STOMP when it begins with a command.
stomp:register_heuristic("tcp", function(tvb, pinfo, tree)
	local line = tvb:raw(0, math.min(tvb:len(), longest + 2)):match("^[\r\n]*(%u+)\r?\n")
	if not line or commands[line] == nil then
		return false
	end
	pinfo.conversation = stomp
	dissect(tvb, pinfo, tree, true)
	return true
end)
