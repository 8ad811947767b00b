//! Copies of the filter in which some callbacks do something else; and what it imports and exports.

use crate::support::wasm;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, ExportSection, Function, FunctionSection, Module};
use wasmparser::{CodeSectionReader, Export, ExternalKind, FunctionSectionReader, Parser, Payload, TypeRef};

/// What a callback does instead.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Instead {
    /// Panics: the SDK does when it is told of the answer to a call that it has not made.
    Panic,
    /// Says Continue, whatever the filter would.
    Continue,
}

/// A copy of the filter, gone when it is dropped.
pub(crate) struct Changed {
    path: PathBuf,
}

impl Changed {
    /// `test` names the file; the callbacks are those that answer with an action.
    pub(crate) fn new(test: &str, callbacks: &[(&'static str, Instead)]) -> Self {
        let original = fs::read(wasm::path()).unwrap();
        let mut change = Change { functions: Functions::of(&original), callbacks };
        let mut module = Module::new();
        change.parse_core_module(&mut module, Parser::new(0), &original).unwrap();
        let name = format!("{test}-{}.wasm", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&path, module.finish()).unwrap();
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Changed {
    fn drop(&mut self) {
        // It may be gone already.
        drop(fs::remove_file(&self.path));
    }
}

/// The functions that the filter imports and those that it exports, by name.
pub(crate) fn functions() -> (BTreeSet<String>, BTreeSet<String>) {
    let functions = Functions::of(&fs::read(wasm::path()).unwrap());
    (functions.imports.into_iter().collect(), functions.exports.into_keys().collect())
}

/// What is known of a module's functions. Imports have the first numbers.
#[derive(Default)]
struct Functions {
    imports: Vec<String>,
    /// The types of the module's own functions.
    types: Vec<u32>,
    exports: BTreeMap<String, u32>,
}

impl Functions {
    fn of(module: &[u8]) -> Self {
        let mut functions = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload.unwrap() {
                Payload::ImportSection(section) => {
                    let imports = section.into_imports().map(Result::unwrap);
                    let imports = imports.filter(|import| matches!(import.ty, TypeRef::Func(_)));
                    functions.imports = imports.map(|import| import.name.to_owned()).collect();
                }
                Payload::FunctionSection(section) => {
                    functions.types = section.into_iter().map(Result::unwrap).collect();
                }
                Payload::ExportSection(section) => {
                    let exports = section.into_iter().map(Result::unwrap);
                    let exports = exports.filter(|export| export.kind == ExternalKind::Func);
                    functions.exports =
                        exports.map(|export| (export.name.to_owned(), export.index)).collect();
                }
                _ => {}
            }
        }
        functions
    }

    fn type_of(&self, export: &str) -> u32 {
        self.types[self.exports[export] as usize - self.imports.len()]
    }

    fn count(&self) -> u32 {
        u32::try_from(self.imports.len() + self.types.len()).unwrap()
    }
}

/// Adds a function for each of the callbacks, and exports it in the callback's place.
struct Change<'c> {
    functions: Functions,
    callbacks: &'c [(&'static str, Instead)],
}

impl Reencode for Change<'_> {
    type Error = Infallible;

    fn parse_function_section(
        &mut self,
        section: &mut FunctionSection,
        original: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        utils::parse_function_section(self, section, original)?;
        for (name, _) in self.callbacks {
            section.function(self.functions.type_of(name));
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        section: &mut CodeSection,
        original: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        utils::parse_code_section(self, section, original)?;
        for (_, instead) in self.callbacks {
            let mut function = Function::new([]);
            match instead {
                Instead::Panic => {
                    // Context, call, and sizes of headers, body and trailers.
                    let mut code = function.instructions();
                    let code = [0, -1, 0, 0, 0].iter().fold(&mut code, |code, value| code.i32_const(*value));
                    code.call(self.functions.exports["proxy_on_http_call_response"]).i32_const(0).end()
                }
                Instead::Continue => function.instructions().i32_const(0).end(),
            };
            section.function(&function);
        }
        Ok(())
    }

    fn parse_export(
        &mut self,
        section: &mut ExportSection,
        mut export: Export<'_>,
    ) -> Result<(), Error<Infallible>> {
        if let Some(added) = self.callbacks.iter().position(|(name, _)| *name == export.name) {
            export.index = self.functions.count() + u32::try_from(added).unwrap();
        }
        utils::parse_export(self, section, export)
    }
}
