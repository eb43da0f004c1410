package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.demur.prompts.template.Expression.Arithmetic;
import org.demur.prompts.template.Expression.Comparison;
import org.demur.prompts.template.Expression.Concatenation;
import org.demur.prompts.template.Expression.Conditional;
import org.demur.prompts.template.Expression.Literal;
import org.demur.prompts.template.Expression.Logical;
import org.demur.prompts.template.Expression.Negation;
import org.demur.prompts.template.Expression.Row;
import org.demur.prompts.template.Expression.Sign;
import org.demur.prompts.template.Operators.Operator;
import org.demur.prompts.template.Operators.Relation;

/** Operators and their precedence, as Jinja's parser has them. */
final class ExpressionParser {
    private static final Map<String, Relation> RELATIONS = Map.of(
            "==", Relation.EQUAL,
            "!=", Relation.UNEQUAL,
            "<", Relation.LESS,
            "<=", Relation.LESS_OR_EQUAL,
            ">", Relation.GREATER,
            ">=", Relation.GREATER_OR_EQUAL);
    private static final Map<String, Operator> SUMS = Map.of("+", Operator.ADD, "-", Operator.SUBTRACT);
    private static final Map<String, Operator> PRODUCTS = Map.of(
            "*", Operator.MULTIPLY,
            "/", Operator.DIVIDE,
            "//", Operator.FLOOR_DIVIDE,
            "%", Operator.REMAINDER);

    private final TokenStream tokens;
    private final PrimaryParser primary;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.primary = new PrimaryParser(tokens, this);
    }

    /** An expression, or several separated by commas, which make a tuple. */
    Expression tuple() {
        return tuple(this::expression);
    }

    /** The same without a top-level inline if, for places where {@code if} continues the tag. */
    Expression tupleWithoutConditional() {
        return tuple(this::disjunction);
    }

    private Expression tuple(java.util.function.Supplier<Expression> item) {
        Position position = tokens.current().position();
        Expression first = item.get();
        if (!tokens.current().isOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.takeOperator(",") && !endsTuple()) {
            items.add(item.get());
        }
        return new Row(items, Value.Shape.TUPLE, position);
    }

    private boolean endsTuple() {
        Token token = tokens.current();
        return token.kind() == Token.Kind.VARIABLE_END || token.kind() == Token.Kind.BLOCK_END || token.isOperator(")");
    }

    /** An expression with an optional inline if. */
    Expression expression() {
        tokens.enter();
        Expression then = disjunction();
        int length = 0;
        while (tokens.current().isName("if")) {
            tokens.checkChain(++length);
            Position position = tokens.take().position();
            Expression condition = disjunction();
            Expression otherwise = tokens.takeName("else")
                    ? expression()
                    : new Literal(new Value.Undefined("an inline if without else has no value here"), position);
            then = new Conditional(condition, then, otherwise, position);
        }
        tokens.leave();
        return then;
    }

    private Expression disjunction() {
        Expression left = conjunction();
        for (int length = 1; tokens.current().isName("or"); length++) {
            tokens.checkChain(length);
            Position position = tokens.take().position();
            left = new Logical(Logical.Connective.OR, left, conjunction(), position);
        }
        return left;
    }

    private Expression conjunction() {
        Expression left = negation();
        for (int length = 1; tokens.current().isName("and"); length++) {
            tokens.checkChain(length);
            Position position = tokens.take().position();
            left = new Logical(Logical.Connective.AND, left, negation(), position);
        }
        return left;
    }

    private Expression negation() {
        Position position = tokens.current().position();
        if (!tokens.takeName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression operand = negation();
        tokens.leave();
        return new Negation(operand, position);
    }

    private Expression comparison() {
        Position position = tokens.current().position();
        Expression first = sum();
        List<Comparison.Link> links = new ArrayList<>();
        Optional<Relation> relation = takeRelation();
        while (relation.isPresent()) {
            links.add(new Comparison.Link(relation.orElseThrow(), sum()));
            relation = takeRelation();
        }
        return links.isEmpty() ? first : new Comparison(first, links, position);
    }

    private Optional<Relation> takeRelation() {
        Token token = tokens.current();
        if (token.kind() == Token.Kind.OPERATOR && RELATIONS.containsKey(token.text())) {
            tokens.take();
            return Optional.of(RELATIONS.get(token.text()));
        }
        if (tokens.takeName("in")) {
            return Optional.of(Relation.IN);
        }
        if (token.isName("not") && tokens.following().isName("in")) {
            tokens.take();
            tokens.take();
            return Optional.of(Relation.NOT_IN);
        }
        return Optional.empty();
    }

    private Expression sum() {
        Expression left = concatenation();
        for (int length = 1; isOneOf(SUMS); length++) {
            tokens.checkChain(length);
            Token token = tokens.take();
            left = new Arithmetic(SUMS.get(token.text()), left, concatenation(), token.position());
        }
        return left;
    }

    private Expression concatenation() {
        Position position = tokens.current().position();
        List<Expression> operands = new ArrayList<>(List.of(product()));
        while (tokens.takeOperator("~")) {
            operands.add(product());
        }
        return operands.size() == 1 ? operands.get(0) : new Concatenation(operands, position);
    }

    private Expression product() {
        Expression left = power();
        for (int length = 1; isOneOf(PRODUCTS); length++) {
            tokens.checkChain(length);
            Token token = tokens.take();
            left = new Arithmetic(PRODUCTS.get(token.text()), left, power(), token.position());
        }
        return left;
    }

    private boolean isOneOf(Map<String, Operator> operators) {
        return tokens.current().kind() == Token.Kind.OPERATOR
                && operators.containsKey(tokens.current().text());
    }

    private Expression power() {
        Expression left = primary.withFilters(signed());
        for (int length = 1; tokens.current().isOperator("**"); length++) {
            tokens.checkChain(length);
            Position position = tokens.take().position();
            left = new Arithmetic(Operator.POWER, left, primary.withFilters(signed()), position);
        }
        return left;
    }

    private Expression signed() {
        Token token = tokens.current();
        if (!token.isOperator("-") && !token.isOperator("+")) {
            return primary.withPostfixes(primary.primary());
        }
        tokens.take();
        tokens.enter();
        Expression operand = signed();
        tokens.leave();
        Expression sign = new Sign(token.isOperator("-"), operand, token.position());
        return primary.withPostfixes(sign);
    }
}
