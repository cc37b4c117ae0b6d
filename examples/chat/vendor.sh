#!/usr/bin/env bash
# Fetches the stock stompjs bundle that the page uses, and its license, with
# npm. Run it again to move to another version: vendor.sh VERSION
set -euo pipefail
version=${1:-7.5.0}
target=$(cd "$(dirname "$0")" && pwd)/web/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent "@stomp/stompjs@$version" >&2
tar -xzf "stomp-stompjs-$version.tgz"
mkdir -p "$target"
install -m 644 package/bundles/stomp.umd.min.js "$target/stomp.umd.min.js"
install -m 644 package/LICENSE "$target/stompjs-LICENSE.txt"
echo "$version" >"$target/stompjs-VERSION.txt"
