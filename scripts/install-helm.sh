#!/usr/bin/env bash
# Builds helm, which the chart's integration tests render with, and says where it is. Takes a few minutes once; wants Go.
set -eu
version=v3.22.0
folder=${PILOTLIGHT_TOOLS:-$HOME/.cache/pilotlight/bin}
helm=$folder/helm-$version
if [ ! -x "$helm" ]; then
  echo "building helm $version" >&2
  GOBIN=$folder GOFLAGS=-buildvcs=false go install -ldflags '-s -w' "helm.sh/helm/v3/cmd/helm@$version" >&2
  mv "$folder/helm" "$helm"
fi
echo "$helm"
