package org.demur.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What Linux tells of the machine and of this process under {@code /proc}; empty on other systems. */
final class ProcFiles {
    /** Unit of the times in {@code /proc/stat}; the kernel's interface fixes it, whatever its timer. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int IDLE = 4;
    private static final int WAITING_FOR_DISK = 5;
    private static final int STOLEN = 8;

    private ProcFiles() {}

    /** Processor seconds that all processes used since the machine started, over all cores. */
    static OptionalDouble machineBusy_s() {
        List<String> lines = lines(Path.of("/proc/stat"));
        return lines.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(busy_s(lines.get(0)));
    }

    static double busy_s(String cpuLine) {
        String[] fields = cpuLine.trim().split(" +");
        long ticks = 0;
        for (int i = 1; i <= STOLEN; i++) {
            ticks += i == IDLE || i == WAITING_FOR_DISK ? 0 : Long.parseLong(fields[i]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** A size of this process, such as {@code VmHWM} (peak resident memory) or {@code RssAnon}. */
    static OptionalLong memory_bytes(String key) {
        return lines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
