package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.demur.JobException;

/** Writes mutants of one file, each in turn, and holds a reader to reading or refusing them cheaply. */
public final class FuzzRun {
    private static final Duration MOST_TIME = Duration.ofSeconds(1);
    private static final long MOST_HEAP_BYTES = 100L << 20;
    private static final long MOST_DIRECT_BYTES = 1L << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Path damaged;
    private final Path opened;
    private final Consumer<Path> reader;
    private int read;
    private int refused;

    /** For a file that is opened by itself. */
    public FuzzRun(Path file, Consumer<Path> reader) {
        this(file, file, reader);
    }

    /** For a file of a folder that is opened as a whole. */
    public FuzzRun(Path damaged, Path opened, Consumer<Path> reader) {
        this.damaged = damaged;
        this.opened = opened;
        this.reader = reader;
    }

    /** A failure names the number of its mutant. */
    public void run(int count, IntFunction<byte[]> mutants) throws IOException {
        long directBefore = directBytes();
        for (int mutant = 0; mutant < count; mutant++) {
            // A new file each time: truncating one whose old mappings are still there takes the kernel long.
            Files.deleteIfExists(damaged);
            Files.write(damaged, mutants.apply(mutant));
            check(mutant);
        }
        assertThat(directBytes() - directBefore).isLessThan(MOST_DIRECT_BYTES);
        // Damage that always or never matters would test nothing.
        assertThat(read).isGreaterThan(count / 100);
        assertThat(refused).isGreaterThan(count / 4);
    }

    private void check(int mutant) {
        long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
        long nanosBefore = THREADS.getCurrentThreadCpuTime();
        Throwable thrown = catchThrowable(() -> reader.accept(opened));
        long nanos = THREADS.getCurrentThreadCpuTime() - nanosBefore;
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
        if (thrown == null) {
            read++;
        } else {
            refused++;
            assertThat(thrown)
                    .as("mutant %d", mutant)
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining(opened.getFileName().toString());
        }
        assertThat(Duration.ofNanos(nanos)).as("mutant %d", mutant).isLessThan(MOST_TIME);
        assertThat(bytes).as("mutant %d", mutant).isLessThan(MOST_HEAP_BYTES);
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
