package org.demur.table;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;

/** The process that owns a staging folder: host, process id and the instant that process started. */
record StagingOwner(String host, long pid, String started) {

    static StagingOwner current() {
        ProcessHandle self = ProcessHandle.current();
        return new StagingOwner(hostName(), self.pid(), startOf(self));
    }

    static StagingOwner parse(String line) {
        String[] parts = line.strip().split(" ", 3);
        return new StagingOwner(parts[0], Long.parseLong(parts[1]), parts[2]);
    }

    String line() {
        return host + " " + pid + " " + started;
    }

    /** True when the process is known to be gone; processes of other hosts cannot be judged and count as alive. */
    boolean isDead() {
        return host.equals(hostName())
                && ProcessHandle.of(pid)
                        .map(StagingOwner::startOf)
                        .filter(started::equals)
                        .isEmpty();
    }

    private static String startOf(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH).toString();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }
}
