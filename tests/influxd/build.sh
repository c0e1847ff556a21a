#!/usr/bin/env bash
# Builds the InfluxDB server that the live tests run against, once, and prints the path of the binary.
#
# The server is a Go program that links libflux, which is written in Rust; both sources come from the
# module proxy at the versions that go.mod pins. Needs go, cargo, gcc and pkg-config. From nothing it
# takes about nine minutes on two cores; afterwards the cached binary is found at once.
#
# INFLUXD_CACHE_DIR: where the binary is kept (default: influxdb-live-tests in the user's cache folder).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

say() { printf 'influxd: %s\n' "$*" >&2; }
for tool in go cargo gcc pkg-config flock sha256sum; do
    command -v "$tool" >/dev/null || { say "'$tool' is not installed; building the test server needs it"; exit 1; }
done

export GOTOOLCHAIN=local GOFLAGS="${GOFLAGS:-} -mod=readonly -buildvcs=false"
version=$(go list -m -f '{{.Version}}' github.com/influxdata/influxdb/v2)
# libflux carries a rust-toolchain.toml of its own, which would make rustup look for an old compiler.
if command -v rustup >/dev/null; then
    RUSTUP_TOOLCHAIN=${RUSTUP_TOOLCHAIN:-$(rustup show active-toolchain | cut -d' ' -f1)}
    export RUSTUP_TOOLCHAIN
fi
key=$({ cat go.mod go.sum build.sh; go version; rustc --version; } | sha256sum | cut -c1-16)
cache=${INFLUXD_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/influxdb-live-tests}
binary=$cache/influxd-$version-$key

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # two builds at once would only slow each other down
if [[ -x $binary ]]; then
    echo "$binary"
    exit
fi

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

say "building libflux (about two minutes)"
go mod download github.com/influxdata/flux
cp -R "$(go list -m -f '{{.Dir}}' github.com/influxdata/flux)" "$work/flux"
chmod -R u+w "$work/flux"
(
    cd "$work/flux/libflux"
    unset CARGO_BUILD_TARGET
    RUSTFLAGS="--cap-lints warn" CARGO_TARGET_DIR="$work/target" \
        cargo build --quiet --release --locked -p flux
) >&2
# Only the static library: beside a libflux.so the linker would choose that one.
mkdir "$work/lib"
cp "$work/target/release/libflux.a" "$work/lib/"
cat >"$work/lib/flux.pc" <<PC
Name: flux
Description: the Flux language
Version: 0
Cflags: -I$work/flux/libflux/include
Libs: -L$work/lib -lflux -ldl -lm
PC

say "building influxd $version (about six minutes)"
# Go's cache remembers where an earlier build had the library; -extldflags says where it is now.
PKG_CONFIG_PATH="$work/lib" CGO_ENABLED=1 go build -tags sqlite_foreign_keys,sqlite_json \
    -ldflags "-s -w -extldflags=-L$work/lib -X main.version=$version" \
    -o "$work/influxd" github.com/influxdata/influxdb/v2/cmd/influxd >&2
cp "$work/influxd" "$binary.new"
mv "$binary.new" "$binary"
say "built $binary"
echo "$binary"
