# Drives Net::Stomp. README.md has the protocol of drivers.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64;
use Net::Stomp;
use Time::HiRes 'time';

my ($stomp, $version, @pending, @received, $count);

# The next frame within so many seconds, or nothing.
sub frame {
    my ($seconds) = @_;
    my $frame = $stomp->receive_frame({ timeout => $seconds });
    die 'ERROR: ' . ($frame->headers->{message} // '') . " $frame->{body}\n" if $frame && $frame->command eq 'ERROR';
    die "connection closed\n" unless $frame || $stomp->_connected;
    return $frame;
}

# What is asked of every command: headers as octets, as Net::Stomp sends them.
sub octets {
    my %headers = @_;
    utf8::encode($_) for values %headers;
    return \%headers;
}

sub answered {
    my ($c, $call) = @_;
    my $message = $received[$c->{n}];
    my %more;
    $more{subscription} = $message->headers->{subscription} unless $version eq '1.0';
    $more{id} = $message->headers->{ack} if $version eq '1.2'; # which it does not know by itself
    $more{transaction} = $c->{transaction} if $c->{transaction};
    $stomp->$call({ frame => $message, %more });
    return;
}

sub transaction {
    my ($command, $c) = @_;
    $stomp->send_frame(Net::Stomp::Frame->new({ command => $command, headers => { transaction => $c->{transaction} } }));
    return;
}

my %commands = (
    connect => sub {
        my ($c) = @_;
        $stomp = Net::Stomp->new({ hostname => $c->{host}, port => $c->{port}, initial_reconnect_attempts => 1, reconnect_attempts => 1 });
        my $frame = $stomp->connect({
            login => $c->{login}, passcode => $c->{passcode}, host => '/', 'accept-version' => $c->{version} });
        die "no answer\n" unless $frame;
        die $frame->command . ': ' . ($frame->headers->{message} // '') . "\n" unless $frame->command eq 'CONNECTED';
        $version = $frame->headers->{version} // '1.0';
        return { version => $version };
    },
    send => sub {
        my ($c) = @_;
        my %headers = (%{ $c->{headers} }, destination => $c->{destination});
        $headers{transaction} = $c->{transaction} if $c->{transaction};
        $headers{bytes_message} = 1 if $c->{binary};
        my $receipt = $c->{receipt} ? 'r' . ++$count : '';
        $headers{receipt} = $receipt if $receipt;
        my $octets = octets(%headers);
        $octets->{body} = decode_base64($c->{body});
        $stomp->send($octets);
        while ($receipt) {
            my $frame = frame(10) or die "no receipt in time\n";
            last if $frame->command eq 'RECEIPT' && $frame->headers->{'receipt-id'} eq $receipt;
            push @pending, $frame;
        }
        return;
    },
    subscribe => sub {
        my ($c) = @_;
        $stomp->subscribe({ id => $c->{id}, destination => $c->{destination}, ack => $c->{ack} });
        return;
    },
    unsubscribe => sub {
        my ($c) = @_;
        $stomp->unsubscribe({ id => $c->{id}, destination => $c->{destination} });
        return;
    },
    receive => sub {
        my ($c) = @_;
        my $message = shift(@pending) // frame($c->{timeout} / 1000) // return { message => undef };
        push @received, $message;
        my %headers = %{ $message->headers };
        utf8::decode($_) for values %headers;
        return { message => { headers => \%headers, body => encode_base64($message->body // '', '') } };
    },
    ack    => sub { answered($_[0], 'ack') },
    nack   => sub { answered($_[0], 'nack') },
    begin  => sub { transaction('BEGIN',  $_[0]) },
    commit => sub { transaction('COMMIT', $_[0]) },
    abort  => sub { transaction('ABORT',  $_[0]) },
    disconnect => sub { $stomp->disconnect; return },
);

my %lacks = (
    escapes        => 'it escapes nothing',
    'escapes once' => 'it escapes nothing',
    'heart-beats'  => 'it has no heart-beats',
    'nack 1.0'     => '1.0 has none',
);

$| = 1;
print encode_json({ peer => "Net::Stomp $Net::Stomp::VERSION", versions => ['1.0', '1.1', '1.2'], lacks => \%lacks }), "\n";
while (my $line = <STDIN>) {
    my $c = decode_json($line);
    my $answer = eval { $commands{ $c->{op} }->($c) // {} };
    chomp(my $error = $@);
    print encode_json($answer // { error => $error }), "\n";
}
