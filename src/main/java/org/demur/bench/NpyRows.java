package org.demur.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demur.ExitCode;
import org.demur.JobException;

/** The rows of an fp32 matrix in NumPy's file format, mapped into memory; the file may exceed 2 GiB. */
final class NpyRows implements AutoCloseable {
    private static final Pattern SHAPE =
            Pattern.compile("'descr': '<f4', 'fortran_order': False, 'shape': \\((\\d+), (\\d+)\\)");
    private static final int PREFIX_BYTES = 10;

    private final FileChannel channel;
    private final int rows;
    private final int width;
    private final long first_bytes;

    private NpyRows(FileChannel channel, int rows, int width, long first_bytes) {
        this.channel = channel;
        this.rows = rows;
        this.width = width;
        this.first_bytes = first_bytes;
    }

    static NpyRows open(Path path) {
        try {
            FileChannel channel = FileChannel.open(path);
            ByteBuffer prefix = ByteBuffer.allocate(PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(prefix, 0);
            int length = Short.toUnsignedInt(prefix.getShort(PREFIX_BYTES - Short.BYTES));
            ByteBuffer header = ByteBuffer.allocate(length);
            channel.read(header, PREFIX_BYTES);
            Matcher shape = SHAPE.matcher(new String(header.array(), StandardCharsets.US_ASCII));
            if (!shape.find()) {
                channel.close();
                throw new JobException(
                        ExitCode.BAD_DATA,
                        path + ": is no fp32 matrix in NumPy's format",
                        "only row-major little-endian fp32 is read",
                        "save it with numpy.save as float32");
            }
            return new NpyRows(
                    channel,
                    Integer.parseInt(shape.group(1)),
                    Integer.parseInt(shape.group(2)),
                    PREFIX_BYTES + (long) length);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path, e);
        }
    }

    int rows() {
        return rows;
    }

    int width() {
        return width;
    }

    /** Reads rows {@code from..from+count-1} into {@code target_RD} from its beginning. */
    void read(int from, int count, float[] target_RD) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(count, width * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        try {
            long at = first_bytes + (long) from * width * Float.BYTES;
            while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) >= 0) {
                // One call may read less than asked for.
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read rows", e);
        }
        bytes.flip().asFloatBuffer().get(target_RD, 0, count * width);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
