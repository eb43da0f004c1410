package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.demur.prompts.template.Expression.Literal;

/** Statements; a tag it does not know is refused. */
final class Parser {
    private static final Set<String> RESERVED = Set.of("true", "false", "none", "True", "False", "None");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int loopDepth;

    private Parser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    static List<Statement> parse(Source source) {
        TokenStream tokens = new TokenStream(source.name(), Lexer.tokens(source));
        Parser parser = new Parser(tokens);
        List<Statement> statements = parser.statementsUntil(Set.of());
        tokens.expect(Token.Kind.END);
        return statements;
    }

    /** Statements up to one of the tags, whose name is then the current token. */
    private List<Statement> statementsUntil(Set<String> endTags) {
        tokens.enter();
        List<Statement> statements = new ArrayList<>();
        while (tokens.current().kind() != Token.Kind.END) {
            Token token = tokens.take();
            if (token.kind() == Token.Kind.DATA) {
                statements.add(new Statement.Data(token.text(), token.position()));
            } else if (token.kind() == Token.Kind.VARIABLE_BEGIN) {
                statements.add(new Statement.Output(expressions.tuple(), token.position()));
                tokens.expect(Token.Kind.VARIABLE_END);
            } else if (tokens.current().kind() == Token.Kind.NAME
                    && endTags.contains(tokens.current().text())) {
                tokens.leave();
                return statements;
            } else {
                statements.add(tag());
            }
        }
        if (!endTags.isEmpty()) {
            throw tokens.refusal(tokens.current(), "expected one of the tags " + sorted(endTags));
        }
        tokens.leave();
        return statements;
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    private void endTag(String name) {
        tokens.expectName(name);
        tokens.expect(Token.Kind.BLOCK_END);
    }

    private List<Statement> body(Set<String> endTags) {
        tokens.expect(Token.Kind.BLOCK_END);
        return statementsUntil(endTags);
    }

    private Statement tag() {
        Token name = tokens.expect(Token.Kind.NAME);
        return switch (name.text()) {
            case "if" -> choice(name);
            case "for" -> repetition(name);
            case "set" -> assignment(name);
            case "macro" -> macro(name);
            case "generation" -> generation(name);
            case "break" -> jump(name, Renderer.Flow.BREAK);
            case "continue" -> jump(name, Renderer.Flow.CONTINUE);
            default -> throw tokens.refusal(name, "the tag '" + name.text() + "' is not supported");
        };
    }

    private Statement choice(Token begin) {
        List<Statement.Choice.Branch> branches = new ArrayList<>();
        Set<String> ends = Set.of("elif", "else", "endif");
        do {
            Expression condition = expressions.tupleWithoutConditional();
            branches.add(new Statement.Choice.Branch(condition, body(ends)));
        } while (tokens.takeName("elif"));
        List<Statement> otherwise = tokens.takeName("else") ? body(Set.of("endif")) : List.of();
        endTag("endif");
        return new Statement.Choice(branches, otherwise, begin.position());
    }

    private Statement repetition(Token begin) {
        Target target = target();
        tokens.expectName("in");
        Expression iterable = expressions.tupleWithoutConditional();
        Expression condition =
                tokens.takeName("if") ? expressions.expression() : new Literal(Value.Bool.TRUE, begin.position());
        if (tokens.current().isName("recursive")) {
            throw tokens.refusal(tokens.current(), "recursive loops are not supported");
        }
        loopDepth++;
        List<Statement> body = body(Set.of("else", "endfor"));
        loopDepth--;
        List<Statement> otherwise = tokens.takeName("else") ? body(Set.of("endfor")) : List.of();
        endTag("endfor");
        return new Statement.Repetition(target, iterable, condition, body, otherwise, begin.position());
    }

    private Target target() {
        List<Target> targets = new ArrayList<>(List.of(singleTarget()));
        while (tokens.takeOperator(",")) {
            targets.add(singleTarget());
        }
        return targets.size() == 1 ? targets.get(0) : new Target.Several(targets);
    }

    private Target singleTarget() {
        if (tokens.takeOperator("(")) {
            Target inner = target();
            tokens.expectOperator(")");
            return inner;
        }
        return new Target.Variable(newName().text());
    }

    private Token newName() {
        Token name = tokens.expect(Token.Kind.NAME);
        if (RESERVED.contains(name.text()) || name.text().equals("loop")) {
            throw tokens.refusal(name, "cannot assign to '" + name.text() + "'");
        }
        return name;
    }

    private Statement assignment(Token begin) {
        Target target = assignmentTarget();
        if (tokens.takeOperator("=")) {
            Expression expression = expressions.tuple();
            tokens.expect(Token.Kind.BLOCK_END);
            return new Statement.Assignment(target, expression, begin.position());
        }
        List<Statement> body = isolatedBody("endset");
        return new Statement.BlockAssignment(target, body, begin.position());
    }

    private Target assignmentTarget() {
        if (tokens.following().isOperator(".")) {
            String namespace = newName().text();
            tokens.expectOperator(".");
            return new Target.NamespaceAttribute(
                    namespace, tokens.expect(Token.Kind.NAME).text());
        }
        return target();
    }

    /** A body that jumps cannot leave, because its output is collected. */
    private List<Statement> isolatedBody(String endTag) {
        int enclosing = loopDepth;
        loopDepth = 0;
        List<Statement> body = body(Set.of(endTag));
        loopDepth = enclosing;
        endTag(endTag);
        return body;
    }

    private Statement macro(Token begin) {
        String name = newName().text();
        tokens.expectOperator("(");
        List<Statement.Macro.Parameter> parameters = new ArrayList<>();
        boolean defaults = false;
        while (!tokens.takeOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            Token parameter = newName();
            boolean hasDefault = tokens.takeOperator("=");
            if (defaults && !hasDefault) {
                throw tokens.refusal(parameter, "a parameter without default follows one with a default");
            }
            defaults = hasDefault;
            Expression otherwise = hasDefault ? expressions.expression() : notProvided(parameter);
            parameters.add(new Statement.Macro.Parameter(parameter.text(), otherwise));
        }
        return new Statement.Macro(name, parameters, isolatedBody("endmacro"), begin.position());
    }

    private static Expression notProvided(Token parameter) {
        return new Literal(
                new Value.Undefined("parameter '" + parameter.text() + "' was not provided"), parameter.position());
    }

    private Statement generation(Token begin) {
        return new Statement.Generation(isolatedBody("endgeneration"), begin.position());
    }

    private Statement jump(Token begin, Renderer.Flow flow) {
        if (loopDepth == 0) {
            throw tokens.refusal(begin, "'" + begin.text() + "' outside a loop");
        }
        tokens.expect(Token.Kind.BLOCK_END);
        return new Statement.Jump(flow, begin.position());
    }
}
