#!/usr/bin/env bash
# Becomes a node of OpenSearch on 127.0.0.1: scripts/opensearch/start.sh HOME DATA HTTP_PORT [SETTING...]
# The process id stays, so kill it to end the node. SETTING is a line of opensearch.yml, such as "node.name: n1".
# XQG_OS_HEAP: size of the heap (default 512m). OpenSearch refuses to be root: then it runs as nobody.
set -euo pipefail
home=$1 data=$2 port=$3
mkdir -p "$data/config" "$data/tmp"
as=()
if [ "$(id -u)" = 0 ]; then
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  # A home under a folder that is root's alone cannot be read by nobody.
  if ! "${as[@]}" test -r "$home/complete"; then
    [ -e "$data/home" ] || cp -a "$home" "$data/home"
    home=$data/home
  fi
fi
cp -r "$home"/config/* "$data/config/"
{
  printf '%s\n' "path.data: $data/data" "path.logs: $data/logs" "network.host: 127.0.0.1" "http.port: $port"
  if [ $# -gt 3 ]; then printf '%s\n' "${@:4}"; else printf '%s\n' "discovery.type: single-node" "transport.port: $((port + 100))"; fi
} > "$data/config/opensearch.yml"
if [ "$(id -u)" = 0 ]; then chown -R nobody "$data/config" "$data/tmp" "$data"; fi
heap=${XQG_OS_HEAP:-512m}
export OPENSEARCH_PATH_CONF=$data/config
cd "$data"
exec "${as[@]}" "${JAVA_HOME:+$JAVA_HOME/bin/}java" "-Xms$heap" "-Xmx$heap" -XX:+UseG1GC -Djava.security.manager=allow \
  "-Djava.io.tmpdir=$data/tmp" -Dfile.encoding=UTF-8 -Dlog4j2.disable.jmx=true -Dlog4j.shutdownHookEnabled=false \
  -Dio.netty.noUnsafe=true -Dio.netty.noKeySetOptimization=true -Djna.nosys=true \
  "-Dopensearch.path.home=$home" "-Dopensearch.path.conf=$data/config" -Dopensearch.distribution.type=tar \
  -Dopensearch.bundled_jdk=false -cp "$home/lib/*" org.opensearch.bootstrap.OpenSearch
