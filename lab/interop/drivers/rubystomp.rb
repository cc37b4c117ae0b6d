# Drives the stomp gem. README.md has the protocol of drivers.
require 'base64'
require 'json'
require 'stomp'
require 'timeout'

$frames = Queue.new
$pending = []
$received = []
$count = 0

# Puts all that comes into a queue. Reading is also what takes the broker's
# heart-beats off the wire.
def read
  loop do
    f = $conn.receive
    return $frames << 'connection closed' unless f
    $frames << (f.command == 'ERROR' ? "ERROR: #{f.headers['message']} #{f.body}" : f)
  end
rescue StandardError => e
  $frames << "#{e.class}: #{e.message}"
end

# The next frame within so many seconds, or nil.
def frame(seconds)
  f = Timeout.timeout(seconds) { $frames.pop }
  raise f if f.is_a?(String)
  f
rescue Timeout::Error
  nil
end

def headers_of(c, headers = {})
  c['transaction'] ? headers.merge('transaction' => c['transaction']) : headers
end

def answered(c, call)
  m = $received[c['n']]
  id = $conn.protocol == '1.2' ? m.headers['ack'] : m.headers['message-id']
  headers = headers_of(c)
  headers['subscription'] = m.headers['subscription'] if $conn.protocol == '1.1'
  $conn.public_send(call, id, headers)
  nil
end

commands = {
  connect: lambda do |c|
    headers = { 'accept-version' => c['version'], 'host' => '/' }
    headers['heart-beat'] = c['beat'].join(',') unless c['version'] == '1.0'
    $conn = Stomp::Connection.new(
      hosts: [{ login: c['login'], passcode: c['passcode'], host: c['host'], port: c['port'], ssl: false }],
      reliable: false, connect_headers: headers, autoflush: true, closed_check: true,
      max_hbread_fails: 1, hbser: true
    )
    f = $conn.connection_frame
    raise "#{f.command}: #{f.headers['message']} #{f.body}" unless f.command == 'CONNECTED'
    $reader = Thread.new { read }
    { version: $conn.protocol }
  end,
  send: lambda do |c|
    headers = headers_of(c, c['headers'])
    if c['receipt']
      id = "r#{$count += 1}"
      headers = headers.merge('receipt' => id)
    end
    body = Base64.decode64(c['body'])
    body.force_encoding(Encoding::UTF_8) unless c['binary']
    $conn.publish(c['destination'], body, headers)
    next unless id
    loop do
      f = frame(10) or raise 'no receipt in time'
      break if f.command == 'RECEIPT' && f.headers['receipt-id'] == id
      $pending << f
    end
    nil
  end,
  subscribe: ->(c) { $conn.subscribe(c['destination'], { 'id' => c['id'], 'ack' => c['ack'] }); nil },
  unsubscribe: ->(c) { $conn.unsubscribe(c['destination'], { 'id' => c['id'] }); nil },
  receive: lambda do |c|
    m = $pending.shift || frame(c['timeout'] / 1000.0)
    next { message: nil } unless m
    $received << m
    headers = m.headers.to_h { |k, v| [k.to_s, Array(v).first] }
    { message: { headers: headers, body: Base64.strict_encode64(m.body) } }
  end,
  ack: ->(c) { answered(c, :ack) },
  nack: ->(c) { answered(c, :nack) },
  begin: ->(c) { $conn.begin(c['transaction']); nil },
  commit: ->(c) { $conn.commit(c['transaction']); nil },
  abort: ->(c) { $conn.abort(c['transaction']); nil },
  idle: lambda do |c|
    f = frame(c['timeout'] / 1000.0)
    raise "unexpected #{f.command}" if f
    raise 'heart-beat not received' unless $conn.hb_received
    raise 'heart-beat not sent' unless $conn.hb_sent
    nil
  end,
  disconnect: lambda do |_|
    $reader.kill.join
    $conn.disconnect('receipt' => 'goodbye')
    raise 'no receipt of DISCONNECT' unless $conn.disconnect_receipt&.headers&.fetch('receipt-id') == 'goodbye'
    nil
  end
}

$stdout.sync = true
puts JSON.generate(peer: "ruby-stomp #{Stomp::Version::STRING}", versions: %w[1.0 1.1 1.2],
                   lacks: { 'escapes once' => 'it unescapes a value several times, once for each kind of escape',
                             'nack 1.0' => '1.0 has none', 'heart-beats 1.0' => '1.0 has none' })
$stdin.each_line do |line|
  c = JSON.parse(line)
  begin
    puts JSON.generate(commands.fetch(c['op'].to_sym).call(c) || {})
  rescue StandardError => e
    puts JSON.generate(error: "#{e.class}: #{e.message}".scrub)
  end
end
