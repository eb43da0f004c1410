# Shared by the scripts beside it: builds the job jar when needed and sets what every Demur process needs.
# shellcheck shell=bash

DEMUR_HOME="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
DEMUR_RUNTIME="$DEMUR_HOME/target/runtime"
DEMUR_JAR="$DEMUR_HOME/target/demur.jar"
DEMUR_JOB_JAR="$DEMUR_HOME/target/demur-job.jar"

# The list that org.apache.spark.launcher.JavaModuleOptions prints; pom.xml holds the same one.
DEMUR_JVM_FLAGS=(
  -XX:+IgnoreUnrecognizedVMOptions
  --add-modules=jdk.incubator.vector
  --enable-native-access=ALL-UNNAMED
  -Dio.netty.tryReflectionSetAccessible=true
  -Dio.netty.allocator.type=pooled
  -Dio.netty.handler.ssl.defaultEndpointVerificationAlgorithm=NONE
)
for package in lang lang.invoke lang.reflect io net nio util util.concurrent util.concurrent.atomic; do
  DEMUR_JVM_FLAGS+=("--add-opens=java.base/java.$package=ALL-UNNAMED")
done
for package in jdk.internal.ref sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
  DEMUR_JVM_FLAGS+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
DEMUR_JVM_FLAGS+=("--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED")

# Without a network: libtorch comes from its jar and is unpacked once into the cache.
export DJL_CACHE_DIR="${DJL_CACHE_DIR:-$HOME/.cache/demur}"
DEMUR_JVM_FLAGS+=("-Dai.djl.offline=true" "-DDJL_CACHE_DIR=$DJL_CACHE_DIR")

demur_fail() {
  echo "$1" >&2
  exit "${2:-1}"
}

# The same number of threads in every process, or sums differ in their last bits.
demur_native_environment() {
  local threads=1 previous="" argument
  for argument in "$@"; do
    case "$argument" in
      --native-threads=*) threads="${argument#*=}" ;;
    esac
    [ "$previous" = "--native-threads" ] && threads="$argument"
    previous="$argument"
  done
  export OMP_NUM_THREADS="${OMP_NUM_THREADS:-$threads}"
  export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}"
  export MKL_CBWR="${MKL_CBWR:-AUTO,STRICT}"
  # Freed tensors are kept for the next ones: giving pages back and taking them again costs a tenth of the time, and several
  # arenas would each keep their own.
  export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}"
  export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-1073741824}"
  export MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-2147483647}"
  export SPARK_LOCAL_IP="${SPARK_LOCAL_IP:-127.0.0.1}"
  export SPARK_SCALA_VERSION=2.13
}

demur_java() {
  local java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
  command -v "$java" >/dev/null 2>&1 || demur_fail "Java 17 is missing: install a JDK or set JAVA_HOME." 69
  echo "$java"
}

# Builds when the jars are missing or older than any source.
demur_build() {
  local stamp="$DEMUR_HOME/target/demur-job.stamp" newer
  if [ -f "$stamp" ] && [ -f "$DEMUR_JOB_JAR" ] && [ -d "$DEMUR_RUNTIME/jars" ]; then
    newer="$(find "$DEMUR_HOME/pom.xml" "$DEMUR_HOME/src/main" "$DEMUR_HOME/data-schema" \
      -type f -newer "$stamp" -print -quit)"
    [ -z "$newer" ] && return
  fi
  command -v mvn >/dev/null 2>&1 || demur_fail "Maven is missing: it builds the job jar on first use." 69
  echo "Building the job jar (the first time also downloads the dependencies)..." >&2
  # Taken before the build, so that an edit during it is not lost. Maven may leave an unchanged jar as it is.
  mkdir -p "$DEMUR_HOME/target"
  touch "$stamp.next"
  (cd "$DEMUR_HOME" && mvn -q -B -Dquick package -DskipTests) >&2
  mv "$stamp.next" "$stamp"
}
