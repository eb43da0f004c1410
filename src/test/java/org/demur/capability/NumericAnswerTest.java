package org.demur.capability;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumericAnswerTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ' 18 dollars'            | 18
                    ' $1,234.50 in all'      | 1234.5
                    ' 18.00'                 | 18.0
                    ' -3, or 4'              | -3
                    ' 12,345,678.0'          | 12345678.0
                    ' 007'                   | 7
                    """)
    void thePublishedReadingTakesTheFirstNumberAsPythonPrintsIt(String text, String number) {
        assertThat(NumericAnswer.published(text)).hasValue(number);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    'There are 3 and 4, so 7.'             | 7
                    'The total is $1,234.50.'              | 1234.50
                    'So 5 apples. #### 12 (of 20)'         | 12
                    '#### 3 is wrong. #### 1,000'          | 1000
                    'She has 16-3 left'                    | 3
                    'It falls to -3 degrees'               | -3
                    'Either 3,4'                           | 4
                    'The answer is 9 #### none'            | 9
                    """)
    void theCorrectedReadingTakesWhatIsMarkedOrElseTheLastNumber(String text, String number) {
        assertThat(NumericAnswer.corrected(text)).hasValue(number);
    }

    @Test
    void textWithoutNumberHasNoAnswer() {
        assertThat(NumericAnswer.published("none at all")).isEmpty();
        assertThat(NumericAnswer.corrected("none at all ####")).isEmpty();
    }

    @Test
    void numbersAreEqualByValueAndNotBySpelling() {
        assertThat(NumericAnswer.isEqual("18.00", "18")).isTrue();
        assertThat(NumericAnswer.isEqual("18.01", "18")).isFalse();
        assertThat(NumericAnswer.spelling("18.00")).isNotEqualTo(NumericAnswer.spelling("18"));
    }
}
