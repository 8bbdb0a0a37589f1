//! Where the states of a drawing stand: in layers, by how far they are from the first.

use std::collections::VecDeque;

use super::Edge;

/// How often the layers are put in order, each time by the layer before or behind.
const ROUNDS: usize = 4;

/// The layers from the top, each with its states from the left.
pub(super) fn layers(states: usize, edges: &[Edge]) -> Vec<Vec<usize>> {
    let mut onward = vec![Vec::new(); states];
    let mut back = vec![Vec::new(); states];
    for edge in edges {
        onward[edge.from].push(edge.to);
        back[edge.to].push(edge.from);
    }
    let depth = depths(&onward);
    let deepest = depth.iter().copied().max().unwrap_or_default();
    let mut layers = vec![Vec::new(); deepest + 1];
    for (state, &depth) in depth.iter().enumerate() {
        layers[depth].push(state);
    }
    layers.retain(|layer| !layer.is_empty());
    let mut place = vec![0.0; states];
    spread(&layers, &mut place);
    for round in 0..ROUNDS {
        for layer in &mut layers {
            let neighbours = |state: usize| if round % 2 == 0 { &back[state] } else { &onward[state] };
            let middle = |state: usize| {
                let all = neighbours(state);
                #[expect(clippy::cast_precision_loss, reason = "a flow has few states")]
                let count = all.len() as f64;
                if all.is_empty() { place[state] } else { all.iter().map(|&other| place[other]).sum::<f64>() / count }
            };
            let mut sorted: Vec<_> = layer.iter().map(|&state| (middle(state), state)).collect();
            sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
            *layer = sorted.into_iter().map(|(_, state)| state).collect();
        }
        spread(&layers, &mut place);
    }
    layers
}

/// How many steps each state is from the first; those that are not reached begin below all others.
fn depths(onward: &[Vec<usize>]) -> Vec<usize> {
    let mut depth: Vec<Option<usize>> = vec![None; onward.len()];
    let mut below = 0;
    for start in 0..onward.len() {
        if depth[start].is_some() {
            continue;
        }
        depth[start] = Some(below);
        let mut next = VecDeque::from([start]);
        while let Some(at) = next.pop_front() {
            let further = depth[at].unwrap_or_default() + 1;
            for &to in &onward[at] {
                if depth[to].is_none() {
                    depth[to] = Some(further);
                    next.push_back(to);
                }
            }
        }
        // What the first reaches not stands in one layer with its like, below.
        if start == 0 {
            below = depth.iter().flatten().max().map_or(0, |deepest| deepest + 1);
        }
    }
    depth.into_iter().map(Option::unwrap_or_default).collect()
}

/// Puts the states of each layer beside each other, around a middle at 0.
#[expect(clippy::cast_precision_loss, reason = "a flow has few states")]
fn spread(layers: &[Vec<usize>], place: &mut [f64]) {
    for layer in layers {
        let half = (layer.len() as f64 - 1.0) / 2.0;
        for (at, &state) in layer.iter().enumerate() {
            place[state] = at as f64 - half;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_follow_the_ways() {
        let edge = |from, to| Edge { from, to, label: String::new(), aside: false };
        let edges = [edge(0, 1), edge(0, 2), edge(2, 3), edge(1, 4), edge(4, 0)];
        assert_eq!(layers(6, &edges), [vec![0], vec![1, 2], vec![4, 3], vec![5]]);
        assert_eq!(layers(1, &[]), [vec![0]]);
    }
}
