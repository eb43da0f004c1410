package org.demur.prompts.template;

import java.util.List;

/** What an assignment or a loop writes to. */
sealed interface Target {
    /** A variable. */
    record Variable(String name) implements Target {}

    /** Several targets that share out a row. */
    record Several(List<Target> targets) implements Target {}

    /** An attribute of a namespace. */
    record NamespaceAttribute(String namespace, String attribute) implements Target {}
}
