package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {

    @Test
    void cellsThatHoldCommasQuotesOrLineBreaksAreQuoted(@TempDir Path directory) throws IOException {
        Csv csv = new Csv("name", "value");
        csv.row("plain", 0.5);
        csv.row("a, \"b\"", "c\nd");
        Path file = directory.resolve("table.csv");
        csv.write(file);
        assertThat(file).hasContent("name,value\r\nplain,0.5\r\n\"a, \"\"b\"\"\",\"c\nd\"\r\n");
    }
}
