package org.demur.capability;

import java.util.List;
import org.demur.edit.Edit;

/** A treatment with the edits that it stands for, the same for every item. */
record Condition(Treatment treatment, List<Edit> edits) {}
