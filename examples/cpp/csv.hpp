// Tables as comma-separated text: cells may be quoted, and then hold commas, line ends and doubled quotes.
#pragma once

#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace csv {

using Line = std::vector<std::string>;

inline double number(const std::string& text) {
    std::istringstream in(text);
    double value = 0;
    return in >> value && in.peek() == EOF ? value : throw std::runtime_error('"' + text + "\" is no number");
}

inline std::string cell(double value) {
    std::ostringstream text;
    text << value;
    return text.str();
}

// Reads a quoted cell, after its opening quote.
inline std::string read_quoted(std::istream& in) {
    std::string text;
    for (char letter; in.get(letter); text += letter) {
        if (letter == '"' && in.peek() != '"') {
            return text;
        }
        if (letter == '"') {
            in.get();
        }
    }
    throw std::runtime_error("the table ends within quotes");
}

// Reads one line of the table; returns false if there is none.
inline bool read_line(std::istream& in, Line& line) {
    line.clear();
    if (in.peek() == std::istream::traits_type::eof()) {
        return false;
    }
    line.emplace_back();
    for (char letter; in.get(letter) && letter != '\n';) {
        if (letter == ',') {
            line.emplace_back();
        } else if (letter == '"') {
            line.back() += read_quoted(in);
        } else if (letter != '\r') {
            line.back() += letter;
        }
    }
    return true;
}

inline std::string quoted(const std::string& plain) {
    if (plain.find_first_of(",\"\r\n") == std::string::npos) {
        return plain;
    }
    std::string text = "\"";
    for (const char letter : plain) {
        text.append(letter == '"' ? 2 : 1, letter);
    }
    return text + '"';
}

inline void write_line(std::ostream& out, const Line& line) {
    const char* separator = "";
    for (const std::string& text : line) {
        out << separator << quoted(text);
        separator = ",";
    }
    out << '\n';
}

// Reads a table; its first line, which has to be there, names the columns.
inline std::vector<Line> read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::vector<Line> table;
    for (Line line; in && read_line(in, line);) {
        table.push_back(line);
    }
    // Spreadsheets begin a table with a byte order mark.
    if (!table.empty() && table[0][0].rfind("\xEF\xBB\xBF", 0) == 0) {
        table[0][0].erase(0, 3);
    }
    return table.empty() ? throw std::runtime_error("no table could be read from " + path) : table;
}

inline void write(const std::string& path, const std::vector<Line>& table) {
    std::ofstream out(path, std::ios::binary);
    for (const Line& line : table) {
        write_line(out, line);
    }
    if (!out.flush()) {
        throw std::runtime_error("the table could not be written to " + path);
    }
}

}  // namespace csv
