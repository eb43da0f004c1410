package org.demur.report;

import j2html.tags.DomContent;
import java.util.List;

/** A part of the report: what it asks the tables, and how it shows the answers. */
interface Section {
    /** Anchor, letters and hyphens. */
    String id();

    /** Heading. */
    String title();

    /** Every query whose result {@link #content} shows. */
    List<Query> queries();

    /** The body below the heading. */
    List<DomContent> content(Answers answers);
}
