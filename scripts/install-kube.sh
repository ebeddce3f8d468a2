#!/usr/bin/env bash
# Builds etcd, a Kubernetes API server with its controllers, and KEDA from their Go modules, for `npm run cluster` and
# `npm run test:cluster`, and says where they are. Wants Go 1.26; takes half an hour or more once, and 8 GB of Go's caches.
# `--where` says where they would be, and builds nothing. PILOTLIGHT_KUBE_BIN names a folder that holds a ready build; what it lacks is built into it.
set -eu
etcd=v3.6.5
kubernetes=v1.36.3
keda=v2.21.0
folder=${PILOTLIGHT_KUBE_BIN:-${PILOTLIGHT_TOOLS:-$HOME/.cache/pilotlight/bin}/kube-${kubernetes#v}-keda-${keda#v}-etcd-${etcd#v}}
if [ "${1:-}" = --where ]; then
  echo "$folder"
  exit
fi
export GOFLAGS='-mod=mod -buildvcs=false' GOWORK=off
mkdir -p "$folder"
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

lacks() { [ ! -x "$folder/$1" ]; }

# build PROGRAM PACKAGE: from the module in the working directory. Under another name until it is whole.
build() {
  echo "building $1" >&2
  go build -ldflags '-s -w' -o "$folder/$1.part" "$2" >&2
  mv "$folder/$1.part" "$folder/$1"
}

# Neither etcd nor Kubernetes can be built by `go install`, since their go.mod replaces modules by folders beside them.
# A module of our own that requires them is not bound by that.
if lacks etcd; then
  mkdir "$work/etcd" && cd "$work/etcd"
  go mod init etcd-build 2>/dev/null
  go get "go.etcd.io/etcd/server/v3@$etcd" >&2
  build etcd go.etcd.io/etcd/server/v3
fi

if lacks kube-apiserver || lacks kube-controller-manager; then
  mkdir "$work/kubernetes" && cd "$work/kubernetes"
  go mod init kubernetes-build 2>/dev/null
  manifest=$(go mod download -json "k8s.io/kubernetes@$kubernetes" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
  # The parts of Kubernetes are modules of version 0 with the same minor and patch.
  for part in $(sed -n 's/^\s*\(k8s\.io\/[a-z-]*\) v0\.0\.0$/\1/p' "$manifest" | sort -u); do
    go mod edit -replace "$part=$part@v0.${kubernetes#v1.}"
  done
  go mod edit -require "k8s.io/kubernetes@$kubernetes"
  for program in kube-apiserver kube-controller-manager; do
    if lacks $program; then build $program "k8s.io/kubernetes/cmd/$program"; fi
  done
fi

if lacks keda-operator || lacks keda-adapter || [ ! -d "$folder/crds" ]; then
  source=$(cd "$work" && go mod download -json "github.com/kedacore/keda/v2@$keda" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  if [ ! -d "$folder/crds" ]; then
    cp -r "$source/config/crd/bases" "$folder/crds.part" && chmod -R u+w "$folder/crds.part"
    mv "$folder/crds.part" "$folder/crds"
  fi
  if lacks keda-operator || lacks keda-adapter; then
    # Its own go.mod, with what that replaces, counts only where it is the main module.
    cp -r "$source" "$work/keda" && chmod -R u+w "$work/keda" && cd "$work/keda"
    if lacks keda-operator; then build keda-operator ./cmd/operator; fi
    if lacks keda-adapter; then build keda-adapter ./cmd/adapter; fi
  fi
fi
echo "$folder"
