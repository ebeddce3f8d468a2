#!/usr/bin/env bash
# Fetches a Kafka broker from its Maven artifacts, for the integration tests, and says where its jars are. Wants Java 17 and Maven.
set -eu
version=4.1.2
folder=${PILOTLIGHT_TOOLS:-$HOME/.cache/pilotlight/bin}/kafka-$version
if [ ! -e "$folder/complete" ]; then
  echo "fetching kafka $version" >&2
  mkdir -p "$folder"
  cat >"$folder/pom.xml" <<EOF
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>pilotlight</groupId>
  <artifactId>kafka-broker</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
EOF
  mvn --quiet --batch-mode --file "$folder/pom.xml" dependency:copy-dependencies -DoutputDirectory="$folder/jars" >&2
  touch "$folder/complete"
fi
echo "$folder/jars"
