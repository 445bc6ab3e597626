#!/usr/bin/env bash
# Lays out a node of OpenSearch for tests, from Maven artifacts, once: scripts/opensearch/setup.sh [HOME]
# Prints its home. Default: $XDG_CACHE_HOME/xqg/opensearch-VERSION, or ~/.cache/xqg/... Needs Maven, Java 17 and unzip.
# XQG_OS_SECURITY=1: with the security plugin, in a home of its own; then a node needs certificates and users.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's:.*<opensearch.version>\(.*\)</opensearch.version>.*:\1:p' "$here/pom.xml")
security=${XQG_OS_SECURITY:+-security}
home=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/xqg/opensearch-$version$security}
if [ -f "$home/complete" ]; then echo "$home"; exit 0; fi

mkdir -p "$(dirname "$home")"
new=$(mktemp -d "$(dirname "$home")/partial-XXXXXX")
trap 'rm -rf "$new"' EXIT
got=$new/got
mvn -q -B ${security:+-Psecurity} -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$got" >&2
mkdir -p "$new/lib" "$new/config" "$new/plugins/opensearch-knn"
unzip -q -o "$got"/opensearch-knn-*.zip -d "$new/plugins/opensearch-knn"
if [ -n "$security" ]; then
  unzip -q -o "$got"/opensearch-security-*.zip -d "$new/plugins/opensearch-security"
  mv "$new/plugins/opensearch-security/config" "$new/config/opensearch-security"
fi
rm "$got"/*.zip

# module NAME CLASS JAR...: a module as the archive has it, which OpenSearch loads by its descriptor.
module() {
  local folder=$new/modules/$1
  mkdir -p "$folder"
  printf '%s\n' "name=$1" "description=$1" "version=$version" "opensearch.version=$version" java.version=11 \
    "classname=$2" > "$folder/plugin-descriptor.properties"
  for jar in "${@:3}"; do mv "$got"/$jar "$folder/"; done
}
module analysis-common org.opensearch.analysis.common.CommonAnalysisPlugin 'analysis-common-*.jar'
module transport-netty4 org.opensearch.transport.Netty4Plugin 'transport-netty4-client-*.jar' 'netty-*.jar'
module lang-painless org.opensearch.painless.PainlessPlugin 'lang-painless-*.jar' \
  'opensearch-scripting-painless-spi-*.jar' 'asm*.jar' 'antlr4-*.jar'
cat > "$new/modules/transport-netty4/plugin-security.policy" <<'POLICY'
grant {
  permission java.net.SocketPermission "*", "accept,connect,resolve";
  permission java.io.FilePermission "/proc/sys/net/core/somaxconn", "read";
};
POLICY
cat > "$new/modules/lang-painless/plugin-security.policy" <<'POLICY'
grant {
  permission java.lang.RuntimePermission "createClassLoader";
  permission java.lang.RuntimePermission "getClassLoader";
  permission org.opensearch.script.ClassPermission "<<STANDARD>>";
};
POLICY
mv "$got"/*.jar "$new/lib/"
rmdir "$got"
# What Maven put beside the node's own jars is there once only: OpenSearch refuses a class that is found twice.
for jar in "$new"/plugins/*/*.jar; do
  artifact=$(basename "$jar" | sed 's/-[0-9].*//')
  if compgen -G "$new/lib/$artifact-[0-9]*.jar" > /dev/null; then rm "$jar"; fi
done
cat > "$new/config/log4j2.properties" <<'LOG'
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss} %p %c{1.} %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
LOG
touch "$new/complete"
chmod -R a+rX "$new"
rm -rf "$home"
mv "$new" "$home"
trap - EXIT
echo "$home"
