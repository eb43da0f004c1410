package org.demur.prompts;

import java.util.List;

public final class TemplateLayout {
    public record Segment(int start, int end, TokenClass tokenClass) {}

    public record Rendered(String text, List<Segment> segments) {}
}
