package org.demur.training;

import java.io.Serializable;
import java.util.List;
import org.demur.rows.RowInput;

/** Further vectors of the tokens that a dictionary encodes. */
sealed interface Beside extends Serializable {
    /** None: an autoencoder. */
    record Nothing() implements Beside {}

    /** What a transcoder predicts. */
    record Output(RowInput rows) implements Beside {}

    /** Those of the second model of a crosscoder, which lie behind the first model's in every row. */
    record SecondModel(RowInput rows) implements Beside {}

    /** The rows, if there are any. */
    default List<RowInput> inputs() {
        if (this instanceof Output output) {
            return List.of(output.rows());
        } else if (this instanceof SecondModel second) {
            return List.of(second.rows());
        }
        return List.of();
    }

    /** The same of held-out prompts. */
    default Beside heldOutSide() {
        if (this instanceof Output output) {
            return new Output(output.rows().heldOutSide());
        } else if (this instanceof SecondModel second) {
            return new SecondModel(second.rows().heldOutSide());
        }
        return this;
    }

    /** Models whose vectors make a row. */
    default int models() {
        return this instanceof SecondModel ? 2 : 1;
    }
}
