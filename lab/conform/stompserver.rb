# Runs stompserver on a port of loopback. Arguments: the folder for its files, the
# port. Debian's own script dies at the first connection under Ruby 3.1.
require 'etc'
require 'yaml'
require 'daemons/daemonize'
require 'stomp_server'
require 'optparse'

folder, port = ARGV.shift(2)
file = File.join(folder, 'stompserver.conf')
File.write(file, {
  daemon: false, working_dir: folder, logdir: folder, pidfile: File.join(folder, 'pid'), storage: File.join(folder, 'storage'),
  etcdir: folder, queue: 'memory', auth: false, debug: false, host: '127.0.0.1', port: port.to_i
}.to_yaml)
ARGV.replace(['-C', file])
$STOMP_SERVER = true
EventMachine.run do
  config = StompServer::Configurator.new
  stomp = StompServer::Run.new(config.opts)
  stomp.start
  protocol = StompServer::Protocols::Stomp
  { auth_required: stomp.auth_required, queue_manager: stomp.queue_manager,
    topic_manager: stomp.topic_manager, stompauth: stomp.stompauth }.each { |k, v| protocol.class_variable_set("@@#{k}", v) }
  EventMachine.start_server(config.opts[:host], config.opts[:port], protocol)
end
