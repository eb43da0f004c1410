package org.demur.rows;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.demur.ExitCode;
import org.demur.JobException;

/** Reads some columns of a Parquet file value by value, without making an object for each row. */
final class ColumnScan {
    /** Takes one row; every reader stands at its value and is moved on afterwards. */
    @FunctionalInterface
    interface RowVisitor {
        /** Visits row {@code row} of the file with the readers in the order of the columns asked for. */
        void visit(long row, ColumnReader[] values);
    }

    private ColumnScan() {}

    /** Visits all rows of a file in file order; a file that is missing, cut off or without a column is named. */
    static void rows(String file, List<String> columns, RowVisitor visitor) {
        Configuration hadoop = new Configuration();
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(new Path(file), hadoop))) {
            MessageType schema = reader.getFileMetaData().getSchema();
            List<Type> wanted = columns.stream().map(schema::getType).toList();
            MessageType projection = new MessageType(schema.getName(), wanted);
            reader.setRequestedSchema(projection);
            String writer = reader.getFileMetaData().getCreatedBy();
            long first = 0;
            for (PageReadStore pages = reader.readNextRowGroup(); pages != null; pages = reader.readNextRowGroup()) {
                ColumnReadStoreImpl store = new ColumnReadStoreImpl(pages, new NoConversion(), projection, writer);
                ColumnReader[] readers = columns.stream()
                        .map(name -> store.getColumnReader(projection.getColumnDescription(new String[] {name})))
                        .toArray(ColumnReader[]::new);
                visit(readers, first, first + pages.getRowCount(), visitor);
                first += pages.getRowCount();
            }
        } catch (FileNotFoundException e) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "Cannot read " + file,
                    "it was removed after publication, or this machine does not share the warehouse's file system",
                    "put the warehouse on a shared file system, or extract again",
                    e);
        } catch (JobException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The Parquet library reports pages that end early with whatever exception the decoder met.
            throw damaged(file, e);
        }
    }

    private static JobException damaged(String file, Exception cause) {
        return new JobException(
                ExitCode.BAD_DATA,
                "Cannot read all rows of " + file,
                "it is cut off, damaged, or no file of the extract stage",
                "remove the run folder and extract again",
                cause);
    }

    /** Whether the value that the reader stands at is null. */
    static boolean isNull(ColumnReader reader) {
        return reader.getCurrentDefinitionLevel() < reader.getDescriptor().getMaxDefinitionLevel();
    }

    private static void visit(ColumnReader[] readers, long first, long end, RowVisitor visitor) {
        for (long row = first; row < end; row++) {
            visitor.visit(row, readers);
            for (ColumnReader reader : readers) {
                // Moving on alone would leave a value that the visitor did not take for the next row; a null has none.
                if (!isNull(reader)) {
                    reader.skip();
                }
                reader.consume();
            }
        }
    }

    /** Values are taken from the readers, so nothing is converted. */
    private static final class NoConversion extends GroupConverter {
        @Override
        public Converter getConverter(int field) {
            return new PrimitiveConverter() {};
        }

        @Override
        public void start() {
            // Records are not assembled.
        }

        @Override
        public void end() {
            // Records are not assembled.
        }
    }
}
