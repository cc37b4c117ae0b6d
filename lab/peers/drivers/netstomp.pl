# Reads streams with Net::Stomp. ../README.md has the protocol of drivers.
use strict;
use warnings;
use MIME::Base64;
use Net::Stomp;

# A Net::Stomp whose octets come from a list of chunks.
package Fed;
our @ISA = ('Net::Stomp');

sub make {
    my ($class, @chunks) = @_;
    my $self = bless { _framebuf => '', chunks => \@chunks, at => 0 }, $class;
    $self->logger(Log::Any->get_logger);
    return $self;
}

sub _connected { 1 }

sub _read_data {
    my ($self) = @_;
    my $chunk = shift @{ $self->{chunks} };
    return unless defined $chunk;
    $self->{_framebuf} .= $chunk;
    $self->{at} += length $chunk;
    return length $chunk;
}

package main;

sub b64 { my $s = shift // ''; utf8::encode($s) if utf8::is_utf8($s); return encode_base64($s, '') }

sub text { my $s = shift; $s =~ s/[^ -~]|["\\]/?/g; return "\"$s\"" }

$| = 1;
$SIG{__WARN__} = sub { };
print "ready\n";
while (my $line = <STDIN>) {
    chomp $line;
    my ($id, $version, $cut, $octets) = split /\t/, $line, -1;
    my $input = decode_base64($octets);
    my $s = Fed->make(length $input ? $cut ? split(//, $input) : $input : ());
    my @frames;
    my $error = 'null';
    eval {
        while (my $f = $s->receive_frame) {
            my $h = $f->headers || {};
            my $headers = join ',', map { '["' . b64($_) . '","' . b64($h->{$_}) . '"]' } sort keys %$h;
            push @frames, "{\"at\":$s->{at},\"command\":\"" . b64($f->command) . "\",\"headers\":[$headers],\"body\":\"" . b64($f->body) . '"}';
        }
        1;
    } or $error = text($@);
    print "{\"id\":\"$id\",\"frames\":[", join(',', @frames), "],\"error\":$error}\n";
}
