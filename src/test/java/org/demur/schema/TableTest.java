package org.demur.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TableTest {
    @ParameterizedTest
    @EnumSource
    void everyColumnHasAComment(Table table) {
        assertThat(table.schema().fields()).isNotEmpty();
        for (StructField column : table.schema().fields()) {
            assertThat(column.getComment().isDefined())
                    .as("%s.%s", table.sqlName(), column.name())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyTableIsExplained(Table table) {
        Path folder = Path.of(System.getProperty("demur.basedir", "."), "data-schema", table.sqlName());

        assertThat(folder.resolve("README.md")).content().contains("Key: ").contains("FROM " + table.sqlName());
        assertThat(folder.resolve("CHANGES.md")).content().contains("v" + table.version());
    }

    @ParameterizedTest
    @EnumSource
    void partitionColumnsAreColumns(Table table) {
        assertThat(table.schema().fieldNames()).containsAll(table.partitionColumns());
    }
}
