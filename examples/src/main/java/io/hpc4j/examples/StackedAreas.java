package io.hpc4j.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws values over time, one on top of the other, as SVG. Not thread-safe. */
final class StackedAreas {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 460;
  private static final int LEFT = 64;
  private static final int RIGHT = 150;
  private static final int TOP = 56;
  private static final int BOTTOM = 56;
  private static final List<String> COLOURS = List.of("#4477aa", "#ee8866", "#44bb99", "#bbcc33");

  private final String title;
  private final String yLabel;
  private final String xLabel;
  private final double xMost;
  private final double yMost;
  private final StringBuilder areas = new StringBuilder();
  private final StringBuilder lines = new StringBuilder();
  private final StringBuilder legend = new StringBuilder();
  private List<Double> below = List.of();
  private int count;
  private int entries;

  StackedAreas(String title, String yLabel, String xLabel, double xMost, double yMost) {
    this.title = title;
    this.yLabel = yLabel;
    this.xLabel = xLabel;
    this.xMost = xMost;
    this.yMost = yMost;
  }

  /** Puts an area on top of those before; the values are evenly spread over the width. */
  void area(String name, List<Double> values) {
    List<Double> above = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      above.add(values.get(i) + (below.isEmpty() ? 0 : below.get(i)));
    }
    StringBuilder points = new StringBuilder(steps(above));
    for (int i = above.size() - 1; i >= 0; i--) {
      double y = below.isEmpty() ? 0 : below.get(i);
      points.append(point(i + 1, above.size(), y)).append(point(i, above.size(), y));
    }
    String colour = COLOURS.get(count % COLOURS.size());
    areas.append(
        "<polygon points=\"%s\" fill=\"%s\" fill-opacity=\"0.75\"/>%n".formatted(points, colour));
    entry(name, "<rect x=\"0\" y=\"-10\" width=\"18\" height=\"12\" fill=\"" + colour + "\"/>");
    below = above;
    count++;
  }

  /** Draws a line over all areas. */
  void line(String name, List<Double> values, boolean dashed) {
    String style =
        "fill=\"none\" stroke=\"#222\" stroke-width=\"1.5\""
            + (dashed ? " stroke-dasharray=\"6 4\"" : "");
    lines.append("<polyline points=\"%s\" %s/>%n".formatted(steps(values), style));
    entry(name, "<line x1=\"0\" y1=\"-4\" x2=\"18\" y2=\"-4\" " + style + "/>");
  }

  /** Marks an instant. */
  void mark(String name, double x) {
    double at = LEFT + x / xMost * (WIDTH - LEFT - RIGHT);
    lines.append(
        format(
            "<line x1=\"%1$.1f\" y1=\"%2$d\" x2=\"%1$.1f\" y2=\"%3$d\" stroke=\"#aa3377\"/>%n",
            at, TOP - 6, HEIGHT - BOTTOM));
    lines.append(
        format(
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#aa3377\">%s</text>%n",
            at, TOP - 10, name));
  }

  private void entry(String name, String symbol) {
    legend.append(
        "<g transform=\"translate(%d %d)\">%s<text x=\"26\" y=\"0\">%s</text></g>%n"
            .formatted(WIDTH - RIGHT + 16, TOP + 16 + 22 * entries, symbol, name));
    entries++;
  }

  /** Each value holds until the next. */
  private String steps(List<Double> values) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      points.append(point(i, values.size(), values.get(i)));
      points.append(point(i + 1, values.size(), values.get(i)));
    }
    return points.toString();
  }

  private String point(int index, int of, double y) {
    return format("%.1f,%.1f ", LEFT + (double) index / of * (WIDTH - LEFT - RIGHT), height(y));
  }

  private double height(double y) {
    return HEIGHT - BOTTOM - y / yMost * (HEIGHT - TOP - BOTTOM);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  String svg() {
    StringBuilder axes = new StringBuilder();
    for (int i = 0; i <= 4; i++) {
      double y = height(yMost * i / 4);
      axes.append(
          format(
              "<line x1=\"%1$d\" y1=\"%2$.1f\" x2=\"%3$d\" y2=\"%2$.1f\" stroke=\"#ddd\"/>%n",
              LEFT, y, WIDTH - RIGHT));
      axes.append(
          format(
              "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>%n",
              LEFT - 8, y + 4, yMost * i / 4));
    }
    for (int x = 0; x <= xMost; x++) {
      axes.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>%n",
              LEFT + x / xMost * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM + 20, x));
    }
    int middle = (LEFT + WIDTH - RIGHT) / 2;
    return """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">
        <rect width="100%%" height="100%%" fill="white"/>
        <text x="%d" y="24" text-anchor="middle" font-size="17">%s</text>
        %s%s%s%s<text x="%d" y="%d" text-anchor="middle">%s</text>
        <text transform="translate(20 %d) rotate(-90)" text-anchor="middle">%s</text>
        </svg>
        """
        .formatted(
            WIDTH,
            HEIGHT,
            middle,
            title,
            axes,
            areas,
            lines,
            legend,
            middle,
            HEIGHT - 14,
            xLabel,
            (TOP + HEIGHT - BOTTOM) / 2,
            yLabel);
  }
}
