package org.demur.capability;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.demur.edit.Edit;
import org.demur.prompts.TokenClass;

/**
 * A treatment with the edits that it stands for, the same for every item. What the model wrote, or is taken to have
 * written, is read back as part of a prompt; an edit that holds at generated tokens holds at these.
 */
record Condition(Treatment treatment, List<Edit> edits) {
    Condition {
        edits = edits.stream().map(Condition::readBack).toList();
    }

    private static Edit readBack(Edit edit) {
        if (!(edit instanceof Edit.Within within) || !within.generated()) {
            return edit;
        }
        Set<TokenClass> classes = new HashSet<>(within.prompt());
        classes.add(TokenClass.RESPONSE);
        return new Edit.Within(within.edit(), classes, true);
    }
}
