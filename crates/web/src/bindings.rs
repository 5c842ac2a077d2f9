//! The engine as JavaScript sees it. Numbers come as typed arrays, everything else as JSON.
#![allow(unsafe_code, missing_docs, unreachable_pub, reason = "what wasm-bindgen generates")]

use crate::descent::{Race, grounds};
use crate::error::EngineError;
use crate::learning::TrainingSession;
use crate::playground::{Playground, PlaygroundSettings};
use crate::recognizer::{Canvas, Recognizer};
use crate::tiles::Tiles;
use serde::Serialize;
use std::panic;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn say_error(text: &str);
}

/// A panic is a mistake of ours: at least it is told.
#[wasm_bindgen(start)]
pub fn start() {
    panic::set_hook(Box::new(|info| say_error(&info.to_string())));
}

fn json(value: &impl Serialize) -> Result<String, JsError> {
    Ok(serde_json::to_string(value).map_err(EngineError::from)?)
}

/// Small pictures of one size: see [`Tiles`].
#[wasm_bindgen(js_name = Tiles)]
pub struct JsTiles(Tiles);

#[wasm_bindgen(js_class = Tiles)]
impl JsTiles {
    /// `[count, channels, height, width]`.
    #[wasm_bindgen(getter)]
    pub fn shape(&self) -> Vec<u32> {
        let Tiles { count, channels, height, width, .. } = self.0;
        [count, channels, height, width].map(|side| side as u32).to_vec()
    }

    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.bytes.clone()
    }
}

/// See [`Recognizer`].
#[wasm_bindgen(js_name = Recognizer)]
pub struct JsRecognizer(Recognizer);

/// An answer, and the pixels that the network saw.
#[wasm_bindgen(js_name = Answer)]
pub struct JsAnswer {
    json: String,
    pixels: Vec<u8>,
}

#[wasm_bindgen(js_class = Answer)]
impl JsAnswer {
    #[wasm_bindgen(getter)]
    pub fn json(&self) -> String {
        self.json.clone()
    }

    #[wasm_bindgen(getter)]
    pub fn pixels(&self) -> Vec<u8> {
        self.pixels.clone()
    }
}

#[wasm_bindgen(js_class = Recognizer)]
impl JsRecognizer {
    #[wasm_bindgen(constructor)]
    pub fn new(weights: &[u8]) -> Result<JsRecognizer, JsError> {
        Ok(Self(Recognizer::from_weights(weights)?))
    }

    #[wasm_bindgen(getter, js_name = classNames)]
    pub fn class_names(&self) -> Vec<String> {
        self.0.class_names().to_vec()
    }

    pub fn recognize(&self, width: u32, height: u32, rgba: &[u8]) -> Result<JsAnswer, JsError> {
        let answer = self.0.recognize(Canvas { width, height, rgba })?;
        Ok(JsAnswer { json: json(&answer)?, pixels: answer.pixels })
    }

    #[wasm_bindgen(js_name = ofPixels)]
    pub fn of_pixels(&self, pixels: &[u8]) -> Result<JsAnswer, JsError> {
        let answer = self.0.of_pixels(pixels.to_vec())?;
        Ok(JsAnswer { json: json(&answer)?, pixels: answer.pixels })
    }

    #[wasm_bindgen(js_name = firstMaps)]
    pub fn first_maps(&self, pixels: &[u8]) -> Result<Option<JsTiles>, JsError> {
        Ok(self.0.first_maps(pixels)?.map(JsTiles))
    }

    pub fn filters(&self) -> Option<JsTiles> {
        self.0.filters().cloned().map(JsTiles)
    }

    /// Rows, columns, and then the values, row by row.
    pub fn occlusion(&self, pixels: &[u8], class: usize) -> Result<Vec<f32>, JsError> {
        let heat = self.0.occlusion(pixels, class)?;
        let sides = [heat.rows as f32, heat.columns as f32];
        Ok([sides.as_slice(), heat.values.as_slice()].concat())
    }
}

/// See [`TrainingSession`].
#[wasm_bindgen(js_name = TrainingSession)]
pub struct JsTrainingSession(TrainingSession);

#[wasm_bindgen(js_class = TrainingSession)]
impl JsTrainingSession {
    /// `settings` is a JSON list of pairs of a recipe's key and its value.
    #[wasm_bindgen(constructor)]
    pub fn new(recipe: &str, settings: &str, seed: u32) -> Result<JsTrainingSession, JsError> {
        let settings: Vec<(String, String)> = serde_json::from_str(settings).map_err(EngineError::from)?;
        Ok(Self(TrainingSession::new(recipe, &settings, seed.into())?))
    }

    pub fn advance(&mut self, most: usize) -> Result<Vec<f64>, JsError> {
        Ok(self.0.advance(most)?)
    }

    pub fn progress(&self) -> Result<String, JsError> {
        json(&self.0.progress())
    }

    pub fn recipe(&self) -> String {
        self.0.recipe()
    }

    #[wasm_bindgen(getter, js_name = classNames)]
    pub fn class_names(&self) -> Vec<String> {
        self.0.class_names().to_vec()
    }

    pub fn filters(&self) -> Option<JsTiles> {
        self.0.filters().map(JsTiles)
    }

    pub fn confusion(&self) -> Result<String, JsError> {
        json(&self.0.confusion())
    }

    pub fn mistakes(&self) -> Result<String, JsError> {
        json(&self.0.mistakes().0)
    }

    #[wasm_bindgen(js_name = pictures)]
    pub fn mistaken_pictures(&self) -> JsTiles {
        JsTiles(self.0.mistakes().1)
    }

    #[wasm_bindgen(js_name = testAccuracy)]
    pub fn test_accuracy(&self) -> Result<f64, JsError> {
        Ok(self.0.test_accuracy()?)
    }

    pub fn weights(&self) -> Result<Vec<u8>, JsError> {
        Ok(self.0.weights()?)
    }
}

/// See [`Playground`].
#[wasm_bindgen(js_name = Playground)]
pub struct JsPlayground(Playground);

#[wasm_bindgen(js_class = Playground)]
impl JsPlayground {
    /// `settings` is [`PlaygroundSettings`] as JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: &str) -> Result<JsPlayground, JsError> {
        let settings: PlaygroundSettings = serde_json::from_str(settings).map_err(EngineError::from)?;
        Ok(Self(Playground::new(&settings)?))
    }

    /// `x, y, class, held out` of each point.
    pub fn points(&self) -> Vec<f32> {
        let points = self.0.points().iter();
        let of = |truth: bool| f32::from(u8::from(truth));
        let numbers = points
            .map(|point| [point.place[0] as f32, point.place[1] as f32, of(point.is_second), of(point.is_held_out)]);
        numbers.flatten().collect()
    }

    pub fn bounds(&self) -> Vec<f64> {
        self.0.bounds().to_vec()
    }

    pub fn add(&mut self, x: f64, y: f64, is_second: bool) {
        self.0.add([x, y], is_second);
    }

    pub fn advance(&mut self, steps: usize) -> Result<(), JsError> {
        Ok(self.0.advance(steps)?)
    }

    pub fn scores(&self) -> Result<String, JsError> {
        json(&self.0.scores()?)
    }

    /// The region of `side` times `side` bytes, and then as many of each hidden unit.
    pub fn maps(&self, side: usize) -> Result<Vec<u8>, JsError> {
        let maps = self.0.maps(side)?;
        Ok([maps.region, maps.units].concat())
    }
}

/// All grounds of the race, as JSON.
#[wasm_bindgen(js_name = grounds)]
pub fn ground_facts() -> Result<String, JsError> {
    let facts: Vec<_> = grounds().iter().map(|ground| ground.facts()).collect();
    json(&facts)
}

/// The shades of a ground.
#[wasm_bindgen]
pub fn shades(ground: usize, columns: usize, rows: usize) -> Vec<f32> {
    grounds().get(ground).map(|ground| ground.shades([columns, rows])).unwrap_or_default()
}

/// See [`Race`].
#[wasm_bindgen(js_name = Race)]
pub struct JsRace(Race);

#[wasm_bindgen(js_class = Race)]
impl JsRace {
    #[wasm_bindgen(constructor)]
    pub fn new(ground: usize, x: f64, y: f64, haste: f64) -> Result<JsRace, JsError> {
        Ok(Self(Race::new(ground, [x, y], haste)?))
    }

    pub fn step(&mut self) -> Result<(), JsError> {
        Ok(self.0.step()?)
    }

    #[wasm_bindgen(getter)]
    pub fn steps(&self) -> usize {
        self.0.steps()
    }

    pub fn places(&self) -> Result<String, JsError> {
        json(&self.0.places())
    }
}
