<?php
// Drives the stomp extension of PHP. README.md has the protocol of drivers.

$stomp = null;
$version = '';
$received = [];
$count = 0;

function checked(bool $ok): void
{
    global $stomp;
    if (!$ok) {
        throw new Exception('' . ($stomp->error() ?: 'refused'));
    }
}

function transaction(array $c): array
{
    return isset($c['transaction']) ? ['transaction' => $c['transaction']] : [];
}

function answered(array $c, string $call): void
{
    global $stomp, $version, $received;
    $m = $received[$c['n']];
    $headers = transaction($c);
    if ($version !== '1.0') {
        $headers['subscription'] = $m->headers['subscription'];
    }
    if ($version === '1.2') {
        $headers['id'] = $m->headers['ack'];
    }
    checked($stomp->$call($m, $headers));
}

$commands = [
    'connect' => function (array $c) use (&$stomp, &$version) {
        $stomp = new Stomp("tcp://{$c['host']}:{$c['port']}", $c['login'], $c['passcode'], ['accept-version' => $c['version'], 'host' => '/']);
        // It does not show the headers of CONNECTED.
        $version = $c['version'];
        return ['version' => ''];
    },
    'send' => function (array $c) use (&$stomp, &$count) {
        $headers = $c['headers'] + transaction($c);
        if (!empty($c['receipt'])) {
            $headers['receipt'] = 'r' . ++$count;
        }
        checked($stomp->send($c['destination'], base64_decode($c['body']), $headers));
    },
    'subscribe' => function (array $c) use (&$stomp) {
        checked($stomp->subscribe($c['destination'], ['id' => $c['id'], 'ack' => $c['ack']]));
    },
    'unsubscribe' => function (array $c) use (&$stomp) {
        checked($stomp->unsubscribe($c['destination'], ['id' => $c['id']]));
    },
    'receive' => function (array $c) use (&$stomp, &$received) {
        $stomp->setReadTimeout(intdiv($c['timeout'], 1000), $c['timeout'] % 1000 * 1000);
        $m = $stomp->hasFrame() ? $stomp->readFrame() : false;
        if ($m === false) {
            if ($stomp->error()) {
                throw new Exception($stomp->error());
            }
            return ['message' => null];
        }
        if ($m->command !== 'MESSAGE') {
            throw new Exception("unexpected {$m->command}");
        }
        $received[] = $m;
        return ['message' => ['headers' => $m->headers, 'body' => base64_encode($m->body ?? '')]];
    },
    'ack' => fn(array $c) => answered($c, 'ack'),
    'nack' => fn(array $c) => answered($c, 'nack'),
    'begin' => function (array $c) use (&$stomp) {
        checked($stomp->begin($c['transaction']));
    },
    'commit' => function (array $c) use (&$stomp) {
        checked($stomp->commit($c['transaction']));
    },
    'abort' => function (array $c) use (&$stomp) {
        checked($stomp->abort($c['transaction']));
    },
    'disconnect' => function () use (&$stomp) {
        $stomp = null; // its destructor sends DISCONNECT
    },
];

$lacks = [
    'heart-beats' => 'it has no heart-beats',
    'nack 1.0' => '1.0 has none',
    'escapes' => 'it escapes nothing',
    'escapes once' => 'it escapes nothing',
];

function answer(array $a): void
{
    echo json_encode((object) $a, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
}

answer(['peer' => 'php-stomp ' . phpversion('stomp'), 'versions' => ['1.0', '1.1', '1.2'], 'lacks' => $lacks]);
while (($line = fgets(STDIN)) !== false) {
    $c = json_decode($line, true);
    try {
        answer($commands[$c['op']]($c) ?? []);
    } catch (Throwable $e) {
        answer(['error' => $e->getMessage() . ($e instanceof StompException ? ' ' . $e->getDetails() : '')]);
    }
}
