package org.demur.rows;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.parquet.column.ColumnReader;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.schema.VectorDtype;

/** Reads the vectors of a layer in one pass: those of the sample, and those of the rows that a worker owns. */
final class VectorScan {
    private static final List<String> COLUMNS = List.of("vector", "dtype");

    private final RowIndex index;
    private final RowFormat format;
    private final Wanted wanted;
    private final float[] sample_ND;
    private final int[] sampleOrder;
    private final short[] words;
    private int met;
    private int sampled;

    /** The rows to hand on beside the sample. */
    record Wanted(RankRanges ranks, RowReceiver receiver) {}

    private VectorScan(RowIndex index, RowFormat format, Wanted wanted) {
        this.index = index;
        this.format = format;
        this.wanted = wanted;
        this.words = new short[format.words()];
        int rows = index.sample().length;
        this.sample_ND = new float[Math.multiplyExact(rows, format.width())];
        this.sampleOrder = IntStream.range(0, rows)
                .boxed()
                .sorted(Comparator.comparingInt(i -> index.sample()[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Reads all files; answers the sample. */
    static RowSample read(List<String> files, RowIndex index, RowFormat format, Wanted wanted) {
        VectorScan scan = new VectorScan(index, format, wanted);
        for (String file : files) {
            ColumnScan.rows(file, COLUMNS, (row, values) -> scan.meet(file, row, values));
        }
        return new RowSample(index.sample().length, format.width(), scan.sample_ND);
    }

    private void meet(String file, long row, ColumnReader[] values) {
        int rank = index.rank(met);
        int place = rank == RowIndex.LEFT_OUT ? -1 : wanted.ranks().place(rank);
        boolean inSample = sampled < sampleOrder.length && index.sample()[sampleOrder[sampled]] == met;
        met++;
        if (place < 0 && !inSample) {
            return;
        }
        decode(file, row, values);
        if (place >= 0) {
            wanted.receiver().take(place, words);
        }
        if (inSample) {
            float[] x_D = format.values(words, 0);
            System.arraycopy(x_D, 0, sample_ND, sampleOrder[sampled++] * x_D.length, x_D.length);
        }
    }

    private void decode(String file, long row, ColumnReader[] values) {
        if (ColumnScan.isNull(values[0])) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "Row " + row + " of " + file + " has no vector",
                    "the activations were extracted with extract.vectors = sample, and another sample is asked for",
                    "extract again, with as many extract.sample-rows as training needs, or with all vectors");
        }
        byte[] bytes = values[0].getBinary().getBytesUnsafe();
        VectorDtype stored = VectorDtype.of(values[1].getBinary().toStringUsingUTF8());
        if (stored != format.dtype()) {
            bytes = converted(file, stored, bytes);
        }
        if (bytes.length != format.bytes()) {
            throw bad(
                    file,
                    row,
                    "has a vector of " + bytes.length + " bytes, expected " + format.bytes(),
                    "the activations come from models of different widths, or the file is damaged");
        }
        format.read(bytes, words, 0);
        if (!format.isFinite(words, 0)) {
            throw bad(
                    file,
                    row,
                    "has a vector with NaN or an infinity",
                    "the file is damaged or was not written by the extract stage, which sets such vectors aside");
        }
    }

    private byte[] converted(String file, VectorDtype stored, byte[] bytes) {
        return switch (format.dtype()) {
            case BF16 -> {
                float[] exact = stored.decode(bytes);
                yield VectorDtype.BF16.encode(exact, 0, exact.length);
            }
            case F32 ->
                throw new JobException(
                        ExitCode.USAGE,
                        "train.row-dtype = f32, but " + file + " holds " + stored.sqlName(),
                        "extract.dtype = " + stored.sqlName() + " has rounded the vectors",
                        "write extract.dtype = f32, or train.row-dtype = bf16");
        };
    }

    private static JobException bad(String file, long row, String what, String why) {
        return new JobException(ExitCode.BAD_DATA, "Row " + row + " of " + file + " " + what, why, "extract again");
    }
}
