package org.demur.ingest;

import java.util.Arrays;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.prompts.EncodedPrompt;
import org.demur.prompts.TokenClass;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A row on its way to the table {@code prompts}.
 *
 * @param rendered text after the template
 * @param templateSha256 digest of the template, empty for plain text
 */
record TokenisedRow(
        SourceRow.Read source, PromptKind kind, String rendered, EncodedPrompt encoded, String templateSha256) {

    int tokens() {
        return encoded.ids().length;
    }

    Row tableRow(PromptSet set) {
        return RowFactory.create(
                set.name(),
                source.id(),
                kind.sqlName(),
                source.prompt(),
                SourceRow.nullable(source.target()),
                SourceRow.nullable(set.label().isEmpty() ? source.label() : set.label()),
                SourceRow.nullable(source.category()),
                CollectionConverters.asScala(source.extra()),
                rendered,
                CollectionConverters.asScala(
                        Arrays.stream(encoded.ids()).boxed().toList()),
                CollectionConverters.asScala(
                        Arrays.stream(encoded.classes()).map(TokenisedRow::name).toList()),
                tokens(),
                encoded.specialTextsInContent(),
                SourceRow.nullable(templateSha256),
                set.fileName(),
                source.line());
    }

    private static String name(TokenClass tokenClass) {
        return tokenClass.name().toLowerCase(Locale.ROOT);
    }
}
