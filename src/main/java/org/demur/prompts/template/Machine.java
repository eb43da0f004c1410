package org.demur.prompts.template;

/** What all parts of one rendering share. */
record Machine(String template, Budget budget, Printer printer, Operators operators, Library library) {

    /** The operations that templates call by name. */
    record Library(Filters filters, Tests tests) {}

    static Machine of(String template, Budget budget) {
        Printer printer = new Printer(budget);
        Operators operators = new Operators(budget, printer);
        Filters filters = new Filters(budget, printer, operators);
        Library library = new Library(filters, new Tests(operators, printer));
        return new Machine(template, budget, printer, operators, library);
    }

    Filters filters() {
        return library.filters();
    }

    Tests tests() {
        return library.tests();
    }

    Methods methods() {
        return library.filters().methods();
    }
}
