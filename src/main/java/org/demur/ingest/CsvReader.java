package org.demur.ingest;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Predicate;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** CSV after RFC 4180 with a header line, in UTF-8. The line of a row is the one it starts on. */
final class CsvReader implements PromptReader {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setIgnoreEmptyLines(true)
            .get();

    @Override
    public void read(PromptSet set, Predicate<SourceRow> sink) {
        try (Reader in = Files.newBufferedReader(set.path(), StandardCharsets.UTF_8);
                CSVParser parser = FORMAT.parse(in)) {
            List<String> header = parser.getHeaderNames();
            long line = parser.getCurrentLineNumber() + 1;
            for (CSVRecord record : parser) {
                if (!sink.test(row(record, header, line))) {
                    return;
                }
                line = parser.getCurrentLineNumber() + 1;
            }
        } catch (IOException e) {
            throw SourceFile.unreadable(set.path(), e);
        } catch (UncheckedIOException e) {
            throw SourceFile.unreadable(set.path(), e.getCause());
        }
    }

    private static SourceRow row(CSVRecord record, List<String> header, long line) {
        if (record.size() != header.size()) {
            return new SourceRow.Rejected(
                    line, "", RejectReason.WRONG_TYPE, record.size() + " columns, the header has " + header.size());
        }
        RowColumns columns = new RowColumns(line);
        for (int i = 0; i < header.size(); i++) {
            columns.put(header.get(i), record.get(i));
        }
        return columns.row();
    }
}
