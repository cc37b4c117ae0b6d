# Reads streams with the connection of the stomp gem. ../README.md has the
# protocol of drivers. As a client it takes only what servers send; here the
# list of commands is that of both sides, so that the rest can be compared.
require 'base64'
require 'json'
require 'stringio'
require 'stomp'

both = %w[CONNECT STOMP CONNECTED SEND SUBSCRIBE UNSUBSCRIBE BEGIN COMMIT ABORT ACK NACK DISCONNECT MESSAGE RECEIPT ERROR]
both.each { |c| Stomp::SERVER_FRAMES[c] = true }
Stomp::Message.class_variable_set(:@@allowed_commands, both)

# Octets as a socket gives them. More can be had at once (ready?) unless they
# come one by one. What is read of a frame that is not complete does not count:
# a socket would wait.
class Feed < StringIO
  attr_reader :short

  def initialize(octets, cut)
    @cut = cut
    @short = false
    super(octets.dup.force_encoding(Encoding::UTF_8))
  end

  def gets(*)
    super.tap { |s| @short = true unless s&.end_with?("\n") }
  end

  def readline(*)
    @short = true
    super.tap { |s| @short = false if s.end_with?("\0") }
  end

  def read(n)
    super.tap { |s| @short = true if s.nil? || s.bytesize < n }
  end

  def getc
    super.tap { |c| @short = true if c.nil? }
  end

  def ready?
    !@cut && !eof?
  end
end

def connection(version)
  c = Stomp::Connection.allocate
  {
    protocol: version == 'handshake' ? '1.0' : version, read_semaphore: Mutex.new, gets_semaphore: Mutex.new,
    # As after a CONNECTED with heart-beats.
    hbr: version != '1.0' && version != 'handshake',
    usecrlf: false, jruby: false, iosto: 0.0
  }.each { |k, v| c.instance_variable_set("@#{k}", v) }
  c
end

def b64(s)
  Base64.strict_encode64(s.to_s)
end

def read(version, cut, input)
  frames = []
  error = nil
  io = Feed.new(input, cut)
  c = connection(version)
  begin
    until io.eof?
      # While connecting there is no time-out, which needs a socket.
      f = c.send(:_receive, io, false, true)
      break if f.nil? || io.short
      headers = f.headers.flat_map { |k, v| Array(v).map { |e| [b64(k), b64(e)] } }
      frames << { at: io.pos, command: b64(f.command), headers: headers, body: b64(f.body) }
    end
  rescue StandardError, NoMemoryError => e
    error = e.class.name unless io.short
  end
  { frames: frames, error: error }
end

$stdout.sync = true
puts 'ready'
$stdin.each_line do |line|
  id, version, cut, octets = line.chomp.split("\t", -1)
  puts JSON.generate({ id: id }.merge(read(version, cut == '1', Base64.decode64(octets))))
end
