//! What the header declares, read from its text: constants, objects, callbacks and functions. The bindings
//! are written from it.

/// All declarations, in the order of the header.
pub struct Declarations {
    pub constants: Vec<Constant>,
    pub objects: Vec<String>,
    pub callbacks: Vec<Function>,
    pub functions: Vec<Function>,
}

/// A whole number with a name.
pub struct Constant {
    pub name: String,
    pub value: i64,
}

/// A function, or the type of a callback.
pub struct Function {
    pub name: String,
    pub result: Type,
    pub parameters: Vec<Parameter>,
    /// The declaration in C, in one line, without its semicolon.
    pub c: String,
}

pub struct Parameter {
    pub name: String,
    pub kind: Type,
}

/// What a parameter or a result is.
#[derive(Clone, PartialEq, Eq)]
pub enum Type {
    Void,
    /// A number, by value.
    Number(Number),
    /// A pointer to an opaque object.
    Object(String),
    /// A pointer to a function of this type.
    Callback(String),
    /// A pointer to text.
    Text,
    /// A pointer to bytes, or to what only the caller knows.
    Data,
    /// A pointer to numbers that are read.
    Array(Number),
    /// A pointer to pointers that are read.
    Pointers,
    /// A place for one number.
    OutNumber(Number),
    /// A place for a pointer to an object.
    OutObject(String),
    /// A place for a pointer to text.
    OutText,
    /// A place for a pointer to bytes or numbers.
    OutView,
    /// Room for as many numbers as the next parameter says.
    Room(Number),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Number {
    Int32,
    Int64,
    Uint32,
    Uint64,
    Size,
    Difference,
    Float,
    Double,
}

impl Declarations {
    /// Reads a header as cbindgen writes it.
    pub fn read(header: &str) -> Declarations {
        let code = without_comments(header);
        let constants = code.lines().filter_map(constant).collect();
        let statements: Vec<String> = statements(&code).collect();
        let objects = statements.iter().filter_map(|statement| object(statement)).collect();
        let (callbacks, functions) = statements
            .iter()
            .filter(|statement| statement.contains('('))
            .map(|statement| function(statement))
            .partition(|function| function.c.starts_with("typedef"));
        Declarations { constants, objects, callbacks, functions }
    }
}

fn without_comments(header: &str) -> String {
    let mut parts = header.split("/*");
    let mut code = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        code += part.split_once("*/").expect("comments are closed").1;
    }
    code
}

/// The declarations, each in one line. The preprocessor's lines are left out.
fn statements(code: &str) -> impl Iterator<Item = String> {
    let lines = code.lines().filter(|line| !line.starts_with('#') && !line.starts_with("extern"));
    let text = lines.collect::<Vec<_>>().join(" ").replace('}', "");
    let statements: Vec<String> = text.split(';').map(one_line).collect();
    statements.into_iter().filter(|statement| !statement.is_empty())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A constant that is a whole number. The version's text is none, nor are the greatest sizes.
fn constant(line: &str) -> Option<Constant> {
    let (name, value) = line.strip_prefix("#define ")?.split_once(' ')?;
    Some(Constant { name: name.to_owned(), value: value.parse().ok()? })
}

fn object(statement: &str) -> Option<String> {
    let rest = statement.strip_prefix("typedef struct ")?;
    rest.split(' ').next().map(str::to_owned)
}

fn function(statement: &str) -> Function {
    let (start, parameters) = statement.split_once('(').expect("a function has parameters");
    let (name, result, parameters) = match parameters.strip_prefix('*') {
        Some(rest) => {
            let (name, rest) = rest.split_once(")(").expect("a callback has parameters");
            (name, start.trim_start_matches("typedef "), rest)
        }
        None => {
            let at = start.rfind([' ', '*']).expect("a function has a result") + 1;
            (&start[at..], &start[..at], parameters)
        }
    };
    let parameters = parameters.trim_end_matches(')').split(", ").filter(|it| *it != "void");
    let mut parameters: Vec<Parameter> = parameters.map(parameter).collect();
    mark_room(&mut parameters);
    let result = of_c(result.trim());
    Function { name: name.to_owned(), result, parameters, c: statement.to_owned() }
}

fn parameter(text: &str) -> Parameter {
    let at = text.rfind([' ', '*']).expect("a parameter has a type") + 1;
    Parameter { name: text[at..].to_owned(), kind: of_c(text[..at].trim()) }
}

/// A place for a number is room for many if their count follows.
fn mark_room(parameters: &mut [Parameter]) {
    for at in 1..parameters.len() {
        let counted = parameters[at].kind == Type::Number(Number::Size);
        if let (true, Type::OutNumber(number)) = (counted, parameters[at - 1].kind.clone()) {
            parameters[at - 1].kind = Type::Room(number);
        }
    }
}

/// The type that C writes so.
fn of_c(text: &str) -> Type {
    match text {
        "void" => return Type::Void,
        "const char *" => return Type::Text,
        "const void *" | "void *" => return Type::Data,
        _ => {}
    }
    if let Some(number) = number(text) {
        return Type::Number(number);
    }
    let (is_const, rest) = text.strip_prefix("const ").map_or((false, text), |rest| (true, rest));
    let (base, stars) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
    let object = base.starts_with("sidekick_");
    match stars {
        "" => Type::Callback(base.to_owned()),
        " *const *" => Type::Pointers,
        " *" if object => Type::Object(base.to_owned()),
        " **" if object => Type::OutObject(base.to_owned()),
        " **" if base == "char" => Type::OutText,
        " **" => Type::OutView,
        " *" if is_const => Type::Array(number(base).expect("numbers of a known type")),
        " *" => Type::OutNumber(number(base).expect("numbers of a known type")),
        rest => panic!("a type that bindings have no word for: {text} ({rest})"),
    }
}

fn number(text: &str) -> Option<Number> {
    Some(match text {
        "int32_t" | "sidekick_status" => Number::Int32,
        "int64_t" => Number::Int64,
        "uint32_t" => Number::Uint32,
        "uint64_t" => Number::Uint64,
        "size_t" => Number::Size,
        "ptrdiff_t" => Number::Difference,
        "float" => Number::Float,
        "double" => Number::Double,
        _ => return None,
    })
}
