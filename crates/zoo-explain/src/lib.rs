//! `#[derive(Explain)]`, for types that serde reads or writes. The trait is `zoo_core::Explain`, which re-exports this.
//!
//! Names are serde's, `rename_all`, `rename` and `flatten` included; meanings are the doc comments; the words for what a key accepts come
//! from its type, or from the function that `deserialize_with` names. `#[explain(usual = 0.9)]` says what a key holds where nobody
//! chose, as TOML; `#[explain(like = OtherType)]` takes what another type accepts, and
//! `#[explain(meaning = TEXT)]` of a variant stands in place of its doc comment.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::{quote, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::parse::Parse;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Expr, ExprPath, Field, Fields, Ident, LitStr, Token, Type, Variant};

/// See the crate's documentation.
#[proc_macro_derive(Explain, attributes(explain))]
pub fn explain(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    explained(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

fn explained(input: &DeriveInput) -> syn::Result<Tokens> {
    let case = Attributes::of(&input.attrs)?.rename_all;
    let accepts = match &input.data {
        Data::Struct(data) => fields(&data.fields)?,
        Data::Enum(data) => {
            let variants = data.variants.iter().map(|one| variant(one, case.as_deref()));
            let variants = variants.collect::<syn::Result<Vec<_>>>()?;
            quote! { ::zoo_core::explain::Accepts::Choice(::std::vec![#(#variants),*]) }
        }
        Data::Union(_) => return Err(syn::Error::new(input.span(), "a union has no keys")),
    };
    let name = &input.ident;
    let (impl_generics, type_generics, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        impl #impl_generics ::zoo_core::Explain for #name #type_generics #bounds {
            fn accepts() -> ::zoo_core::explain::Accepts { #accepts }
        }
    })
}

/// One choice.
fn variant(variant: &Variant, case: Option<&str>) -> syn::Result<Tokens> {
    let attributes = Attributes::of(&variant.attrs)?;
    let name = attributes.rename.unwrap_or_else(|| in_case(&variant.ident, case));
    let accepts = fields(&variant.fields)?;
    let docs = attributes.meaning.map_or(attributes.docs, |meaning| vec![meaning]);
    Ok(quote! { ::zoo_core::explain::Key::new(#name, &[#(#docs),*], #accepts) })
}

/// The keys, or what the one value without a name accepts.
fn fields(fields: &Fields) -> syn::Result<Tokens> {
    match fields {
        Fields::Unnamed(unnamed) if unnamed.unnamed.len() == 1 => accepts(&unnamed.unnamed[0]),
        Fields::Unnamed(unnamed) => Err(syn::Error::new(unnamed.span(), "values without names cannot be explained")),
        named => {
            let groups = named.iter().map(keys).collect::<syn::Result<Vec<_>>>()?;
            Ok(quote! {
                ::zoo_core::explain::Accepts::Table(::zoo_core::explain::all_of(::std::vec![#(#groups),*]))
            })
        }
    }
}

/// A list of the one key that a field is, or of those that it brings.
fn keys(field: &Field) -> syn::Result<Tokens> {
    let attributes = Attributes::of(&field.attrs)?;
    let accepts = accepts(field)?;
    if attributes.is_flat {
        let is_option = matches!(&field.ty, Type::Path(kind) if kind.path.segments.last().is_some_and(|last| last.ident == "Option"));
        let optional = is_option.then(|| quote! { .into_iter().map(::zoo_core::explain::Key::optional).collect() });
        return Ok(quote! { #accepts.keys().to_vec() #optional });
    }
    let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    let name = attributes.rename.unwrap_or_else(|| name.trim_start_matches("r#").to_owned());
    let (docs, is_optional) = (&attributes.docs, attributes.is_optional);
    let usual = attributes.usual.map(|usual| quote! { .usually(#usual) });
    let optional = is_optional.then(|| quote! { .optional() });
    Ok(quote! { ::std::vec![::zoo_core::explain::Key::new(#name, &[#(#docs),*], #accepts) #usual #optional] })
}

fn accepts(field: &Field) -> syn::Result<Tokens> {
    let attributes = Attributes::of(&field.attrs)?;
    let kind = attributes.like.as_ref().unwrap_or(&field.ty);
    let accepts = quote_spanned! { kind.span() => <#kind as ::zoo_core::Explain>::accepts() };
    let Some(read) = attributes.deserialize_with else {
        return Ok(accepts);
    };
    Ok(quote! {
        #accepts.checked_by(
            #read(::zoo_core::explain::NoValue).map(drop),
            #read(::zoo_core::explain::list_without_items()).map(drop),
            #read(::zoo_core::explain::list_of_no_value()).map(drop),
        )
    })
}

/// What the attributes of a type, a variant or a field say.
#[derive(Default)]
struct Attributes {
    docs: Vec<Expr>,
    rename_all: Option<String>,
    rename: Option<String>,
    deserialize_with: Option<ExprPath>,
    is_optional: bool,
    is_flat: bool,
    usual: Option<String>,
    like: Option<Type>,
    /// Of a variant, what is said of it in place of its doc comment.
    meaning: Option<Expr>,
}

impl Attributes {
    fn of(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut found = Self::default();
        for attribute in attributes {
            let path = attribute.path();
            if path.is_ident("doc") {
                found.docs.push(attribute.meta.require_name_value()?.value.clone());
            } else if path.is_ident("serde") {
                attribute.parse_nested_meta(|meta| found.add_serde(&meta))?;
            } else if path.is_ident("explain") {
                attribute.parse_nested_meta(|meta| found.add_own(&meta))?;
            }
        }
        Ok(found)
    }

    fn add_serde(&mut self, meta: &ParseNestedMeta) -> syn::Result<()> {
        let text = || meta.value()?.parse::<LitStr>();
        let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        match name.as_str() {
            "rename_all" => self.rename_all = Some(text()?.value()),
            "rename" => self.rename = Some(text()?.value()),
            "deserialize_with" => self.deserialize_with = Some(text()?.parse_with(ExprPath::parse)?),
            "flatten" => self.is_flat = true,
            "default" | "skip_serializing_if" => {
                self.is_optional = true;
                skip_value(meta)?;
            }
            _ => skip_value(meta)?,
        }
        Ok(())
    }

    fn add_own(&mut self, meta: &ParseNestedMeta) -> syn::Result<()> {
        if meta.path.is_ident("like") {
            self.like = Some(meta.value()?.parse()?);
            return Ok(());
        }
        if meta.path.is_ident("meaning") {
            self.meaning = Some(meta.value()?.parse()?);
            return Ok(());
        }
        if !meta.path.is_ident("usual") {
            return Err(meta.error("only `usual = VALUE`, `like = TYPE` and `meaning = TEXT` are known"));
        }
        let usual: Expr = meta.value()?.parse()?;
        // A minus is a token of its own, and TOML wants it at its number.
        self.usual = Some(quote!(#usual).to_string().replace("- ", "-"));
        Ok(())
    }
}

fn skip_value(meta: &ParseNestedMeta) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Expr>()?;
    }
    Ok(())
}

/// A variant's name as serde writes it.
fn in_case(name: &Ident, case: Option<&str>) -> String {
    let name = name.to_string();
    let separated = |separator: &str| {
        let start = |(place, one): (usize, char)| if place > 0 && one.is_uppercase() { separator } else { "" };
        let letter = |(place, one): (usize, char)| format!("{}{}", start((place, one)), one.to_lowercase());
        name.chars().enumerate().map(letter).collect::<String>()
    };
    match case {
        Some("snake_case") => separated("_"),
        Some("kebab-case") => separated("-"),
        Some("lowercase") => name.to_lowercase(),
        _ => name,
    }
}
