package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.demur.prompts.template.Expression.Arguments;
import org.demur.prompts.template.Expression.Attribute;
import org.demur.prompts.template.Expression.Call;
import org.demur.prompts.template.Expression.Filter;
import org.demur.prompts.template.Expression.Item;
import org.demur.prompts.template.Expression.Literal;
import org.demur.prompts.template.Expression.MappingLiteral;
import org.demur.prompts.template.Expression.Name;
import org.demur.prompts.template.Expression.Negation;
import org.demur.prompts.template.Expression.Row;
import org.demur.prompts.template.Expression.Slice;
import org.demur.prompts.template.Expression.Test;

/** Literals, names, and what may follow them: attributes, indices, calls, filters and tests. */
final class PrimaryParser {
    private static final Set<String> UNSUPPORTED_NAMES =
            Set.of("self", "super", "varargs", "kwargs", "caller", "lipsum", "cycler", "joiner");

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    PrimaryParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    Expression primary() {
        Token token = tokens.take();
        return switch (token.kind()) {
            case NAME -> name(token);
            case STRING -> string(token);
            case INTEGER -> integer(token);
            case FLOAT -> new Literal(new Value.Real(Double.parseDouble(token.text())), token.position());
            case OPERATOR -> display(token);
            case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END -> throw noExpression(token);
        };
    }

    private TemplateException noExpression(Token token) {
        return tokens.refusal(token, "expected an expression, found " + token.description());
    }

    private Expression name(Token token) {
        if (UNSUPPORTED_NAMES.contains(token.text())) {
            throw tokens.refusal(token, "'" + token.text() + "' is not supported");
        }
        return switch (token.text()) {
            case "true", "True" -> new Literal(Value.Bool.TRUE, token.position());
            case "false", "False" -> new Literal(Value.Bool.FALSE, token.position());
            case "none", "None" -> new Literal(Value.None.NONE, token.position());
            default -> new Name(token.text(), token.position());
        };
    }

    private Expression string(Token token) {
        StringBuilder text = new StringBuilder(token.text());
        while (tokens.current().kind() == Token.Kind.STRING) {
            text.append(tokens.take().text());
        }
        return new Literal(new Value.Text(text.toString()), token.position());
    }

    private Literal integer(Token token) {
        try {
            return new Literal(new Value.Int(Long.parseLong(token.text())), token.position());
        } catch (NumberFormatException e) {
            throw tokens.refusal(token, "this integer does not fit into 64 bits");
        }
    }

    private Expression display(Token token) {
        return switch (token.text()) {
            case "(" -> parenthesised(token);
            case "[" -> new Row(itemsUntil("]"), Value.Shape.LIST, token.position());
            case "{" -> mapping(token);
            default -> throw noExpression(token);
        };
    }

    private Expression parenthesised(Token token) {
        if (tokens.takeOperator(")")) {
            return new Row(List.of(), Value.Shape.TUPLE, token.position());
        }
        Expression inner = expressions.tuple();
        tokens.expectOperator(")");
        return inner;
    }

    private List<Expression> itemsUntil(String end) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.current().isOperator(end)) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
            }
            if (!tokens.current().isOperator(end)) {
                items.add(expressions.expression());
            }
        }
        tokens.expectOperator(end);
        return items;
    }

    private Expression mapping(Token token) {
        List<MappingLiteral.Entry> entries = new ArrayList<>();
        while (!tokens.current().isOperator("}")) {
            if (!entries.isEmpty()) {
                tokens.expectOperator(",");
            }
            if (!tokens.current().isOperator("}")) {
                Expression key = expressions.expression();
                tokens.expectOperator(":");
                entries.add(new MappingLiteral.Entry(key, expressions.expression()));
            }
        }
        tokens.expectOperator("}");
        return new MappingLiteral(entries, token.position());
    }

    Expression withPostfixes(Expression expression) {
        Expression result = expression;
        for (int length = 1; ; length++) {
            tokens.checkChain(length);
            Token token = tokens.current();
            if (tokens.takeOperator(".")) {
                result = attribute(result);
            } else if (tokens.takeOperator("[")) {
                result = subscript(result, token.position());
            } else if (token.isOperator("(")) {
                result = new Call(result, arguments(), token.position());
            } else {
                return result;
            }
        }
    }

    private Expression attribute(Expression owner) {
        Token token = tokens.take();
        return switch (token.kind()) {
            case NAME -> new Attribute(owner, token.text(), token.position());
            case INTEGER -> new Item(owner, integer(token), token.position());
            case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, STRING, FLOAT, OPERATOR, END ->
                throw tokens.refusal(token, "expected a name or number after '.'");
        };
    }

    private Expression subscript(Expression owner, Position position) {
        Expression start = sliceBound(position);
        if (tokens.takeOperator("]")) {
            return new Item(owner, start, position);
        }
        tokens.expectOperator(":");
        Expression stop = sliceBound(position);
        Expression step = tokens.takeOperator(":") ? sliceBound(position) : new Literal(Value.None.NONE, position);
        tokens.expectOperator("]");
        return new Slice(owner, start, stop, step, position);
    }

    private Expression sliceBound(Position position) {
        boolean absent = tokens.current().isOperator(":") || tokens.current().isOperator("]");
        return absent ? new Literal(Value.None.NONE, position) : expressions.expression();
    }

    Arguments arguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.takeOperator(")")) {
            if (!positional.isEmpty() || !named.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.takeOperator(")")) {
                    break;
                }
            }
            argument(positional, named);
        }
        return new Arguments(positional, named);
    }

    private void argument(List<Expression> positional, Map<String, Expression> named) {
        Token token = tokens.current();
        if (token.kind() == Token.Kind.NAME && tokens.following().isOperator("=")) {
            tokens.take();
            tokens.take();
            if (named.containsKey(token.text())) {
                throw tokens.refusal(token, "the argument '" + token.text() + "' is given twice");
            }
            named.put(token.text(), expressions.expression());
        } else if (named.isEmpty()) {
            positional.add(expressions.expression());
        } else {
            throw tokens.refusal(token, "a positional argument follows a named one");
        }
    }

    Expression withFilters(Expression expression) {
        Expression result = expression;
        for (int length = 1; ; length++) {
            tokens.checkChain(length);
            Token token = tokens.current();
            if (tokens.takeOperator("|")) {
                result = filter(result);
            } else if (tokens.takeName("is")) {
                result = test(result);
            } else if (token.isOperator("(")) {
                result = new Call(result, arguments(), token.position());
            } else {
                return result;
            }
        }
    }

    private Expression filter(Expression input) {
        Token name = tokens.expect(Token.Kind.NAME);
        if (!Filters.NAMES.contains(name.text())) {
            throw tokens.refusal(name, "the filter '" + name.text() + "' is not supported");
        }
        Arguments arguments = tokens.current().isOperator("(") ? arguments() : Arguments.NONE;
        return new Filter(input, name.text(), arguments, name.position());
    }

    private Expression test(Expression input) {
        boolean negated = tokens.takeName("not");
        Token name = tokens.expect(Token.Kind.NAME);
        if (!Tests.NAMES.contains(name.text())) {
            throw tokens.refusal(name, "the test '" + name.text() + "' is not supported");
        }
        Expression test = new Test(input, name.text(), testArguments(), name.position());
        return negated ? new Negation(test, name.position()) : test;
    }

    private Arguments testArguments() {
        Token token = tokens.current();
        if (token.isOperator("(")) {
            return arguments();
        }
        if (!beginsTestArgument(token)) {
            return Arguments.NONE;
        }
        if (token.isName("is")) {
            throw tokens.refusal(token, "tests cannot be chained with 'is'");
        }
        return new Arguments(List.of(withPostfixes(primary())), Map.of());
    }

    private static boolean beginsTestArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.isOperator("[") || token.isOperator("{");
            case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END -> false;
        };
    }
}
