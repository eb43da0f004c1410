package org.demur.training;

import java.io.IOException;
import java.io.UncheckedIOException;
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

/** Reads some columns of a Parquet file value by value, without making an object for each row. */
final class ColumnScan {
    /** Takes one row; every reader stands at its value and is moved on afterwards. */
    @FunctionalInterface
    interface RowVisitor {
        /** Visits the row with the readers in the order of the columns asked for. */
        void visit(ColumnReader[] values);
    }

    private ColumnScan() {}

    /** Visits all rows of a file in file order. The columns must be there and hold no nulls. */
    static void rows(String file, List<String> columns, RowVisitor visitor) {
        Configuration hadoop = new Configuration();
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(new Path(file), hadoop))) {
            MessageType schema = reader.getFileMetaData().getSchema();
            List<Type> wanted = columns.stream().map(schema::getType).toList();
            MessageType projection = new MessageType(schema.getName(), wanted);
            reader.setRequestedSchema(projection);
            String writer = reader.getFileMetaData().getCreatedBy();
            for (PageReadStore pages = reader.readNextRowGroup(); pages != null; pages = reader.readNextRowGroup()) {
                ColumnReadStoreImpl store = new ColumnReadStoreImpl(pages, new NoConversion(), projection, writer);
                ColumnReader[] readers = columns.stream()
                        .map(name -> store.getColumnReader(projection.getColumnDescription(new String[] {name})))
                        .toArray(ColumnReader[]::new);
                visit(readers, pages.getRowCount(), visitor);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static void visit(ColumnReader[] readers, long rows, RowVisitor visitor) {
        for (long row = 0; row < rows; row++) {
            for (ColumnReader reader : readers) {
                if (reader.getCurrentDefinitionLevel() < reader.getDescriptor().getMaxDefinitionLevel()) {
                    throw new IllegalStateException("Column " + reader.getDescriptor() + " holds a null");
                }
            }
            visitor.visit(readers);
            for (ColumnReader reader : readers) {
                // Moving on alone would leave a value that the visitor did not take for the next row.
                reader.skip();
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
