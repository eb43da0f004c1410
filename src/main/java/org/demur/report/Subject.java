package org.demur.report;

import org.demur.runtime.StageContext;

/**
 * What a report is about, apart from the tables.
 *
 * @param model file or folder name of the model, without the folders above it
 */
record Subject(String title, String run, String model, String modelDigest, long seed) {

    static Subject of(String title, StageContext context) {
        String path = context.model().path().replace('\\', '/');
        String name = path.substring(path.lastIndexOf('/', path.length() - 2) + 1);
        return new Subject(
                title,
                context.run().value(),
                name,
                context.model().digest(),
                context.seed().value());
    }

    /** Name of the report's file: letters, digits, '.', '_' and '-' only. */
    String fileName() {
        return title.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[.-]+", "") + "-" + run + ".html";
    }
}
